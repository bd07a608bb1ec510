import {
  type CloudFormationClient,
  paginateListStacks,
  type Stack,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { regionsWith } from '../common/cloudformation';
import { BaseNameInUse, InvalidInput } from '../contracts/errors';
import {
  parseCreateInput,
  parseDeleteInput,
  parseReconcileInput,
  parseRedriveInput,
  parseRegionsInput,
} from '../contracts/input';
import { baseNameOfBucketStack, stackNames } from '../contracts/names';
import { type ValidateInputOutput, validateInputInput } from '../contracts/stacks';
import { isMadeBy } from '../regional-stack/advance';
import { commit, isCommitted, lockSet, type WorkPorts } from './work';

interface ValidateInputPorts {
  cloudFormation: (region: string) => CloudFormationClient;
  supportedRegions: string[];
  work: WorkPorts;
}

export const handlerOf = (ports: ValidateInputPorts) => async (event: unknown) => {
  const asked = validateInputInput.parse(event);
  switch (asked.Workflow) {
    case 'CreateMARSBucket':
      return validateCreate(asked, ports);
    case 'AddRegion':
      return validateAddition(asked, ports);
    case 'DeleteMARSBucket':
      return validateDelete(asked, ports);
    case 'RollBack':
      return validateRollBack(asked, ports);
    case 'Commit':
      return commit(asked.Execution, ports.work);
    case 'Reconcile':
      return validateReconcile(asked.Input, ports);
    case 'Redrive':
      return validateRedrive(asked.Input, ports);
    case 'Sets':
      return { BaseNames: await allSets(ports) };
  }
};

interface Request {
  Input: unknown;
  Execution: string;
}

/**
 * Looks for the set while nobody else can make or remove one of that name.
 * @throws InvalidInput, or BaseNameInUse when any supported region has a stack of this set.
 */
async function validateCreate(
  { Input, Execution }: Request,
  ports: ValidateInputPorts,
): Promise<ValidateInputOutput> {
  const request = parseCreateInput(Input, ports.supportedRegions);
  await lockSet(request.BaseName, Execution, ports.work);
  const found = await regionsOfSet(request.BaseName, ports);
  if (found.length > 0) {
    const expected = `a name that no set has; this one has stacks in ${found.join(', ')}`;
    throw new BaseNameInUse({ field: 'BaseName', value: request.BaseName, expected });
  }
  return { ...request, AllRegions: request.Regions, EmptyBuckets: false };
}

/** @throws InvalidInput when there is no such set, or it has one of the regions; BaseNameInUse. */
async function validateAddition(
  { Input, Execution }: Request,
  ports: ValidateInputPorts,
): Promise<ValidateInputOutput> {
  const { BaseName, Regions } = parseRegionsInput(Input, ports.supportedRegions);
  await lockSet(BaseName, Execution, ports.work);
  const there = await regionsOfSet(BaseName, ports);
  if (there.length === 0) throw noSuchSet(BaseName);
  const had = Regions.find((region) => there.includes(region));
  if (had !== undefined) {
    const expected = `regions that the set does not have yet; it has ${had}`;
    throw new InvalidInput({ field: 'Regions', value: Regions.join(), expected });
  }
  return { BaseName, Regions, AllRegions: [...there, ...Regions], EmptyBuckets: false };
}

/** Regions of the set, the journal's home first. @throws InvalidInput when there is no such set; BaseNameInUse. */
async function validateDelete(
  { Input, Execution }: Request,
  ports: ValidateInputPorts,
): Promise<ValidateInputOutput> {
  const { BaseName, EmptyBuckets } = parseDeleteInput(Input, ports.supportedRegions);
  await lockSet(BaseName, Execution, ports.work);
  const Regions = await regionsOfSet(BaseName, ports);
  if (Regions.length === 0) throw noSuchSet(BaseName);
  return { BaseName, Regions, AllRegions: Regions, EmptyBuckets };
}

/**
 * Where an execution that failed, was stopped or timed out may have left something: nowhere, if it had made all that it was asked for.
 * `AllRegions`: those that the set had before.
 * @throws InvalidInput when its own input was bad: then it touched nothing. BaseNameInUse while another one is at work.
 */
async function validateRollBack(
  { Input, Execution, Failed }: Request & { Failed: string },
  ports: ValidateInputPorts,
): Promise<ValidateInputOutput> {
  const { BaseName, Regions } = parseRegionsInput(Input, ports.supportedRegions);
  await lockSet(BaseName, Execution, ports.work, Failed);
  const there = await regionsOfSet(BaseName, ports, (found) => !isMadeBy(found, Failed));
  const isWhole = await isCommitted(Failed, ports.work);
  return { BaseName, Regions: isWhole ? [] : Regions, AllRegions: there, EmptyBuckets: false };
}

async function validateReconcile(input: unknown, ports: ValidateInputPorts) {
  const { Region, ...request } = parseReconcileInput(input, ports.supportedRegions);
  const Regions = await regionsWithBucket(request.BaseName, ports);
  return { ...request, Regions, Targets: chosen(Region, Regions) };
}

async function validateRedrive(input: unknown, ports: ValidateInputPorts) {
  const { Region, ...request } = parseRedriveInput(input, ports.supportedRegions);
  return { ...request, Regions: chosen(Region, await regionsWithBucket(request.BaseName, ports)) };
}

function chosen(region: string | undefined, regions: string[]): string[] {
  if (region === undefined) return regions;
  if (regions.includes(region)) return [region];
  throw new InvalidInput({ field: 'Region', value: region, expected: `one of ${regions.join(', ')}` });
}

/** @throws InvalidInput when there is no such set. */
async function regionsWithBucket(
  baseName: string,
  { cloudFormation, supportedRegions }: ValidateInputPorts,
): Promise<string[]> {
  const regions = await regionsWith(stackNames.bucket(baseName), supportedRegions, cloudFormation);
  if (regions.length === 0) throw noSuchSet(baseName);
  return regions;
}

const noSuchSet = (value: string): InvalidInput => {
  const expected = 'the name of a set that exists; no region has a stack of this one';
  return new InvalidInput({ field: 'BaseName', value, expected });
};

/** The journal's home first. */
async function regionsOfSet(
  baseName: string,
  { cloudFormation, supportedRegions }: ValidateInputPorts,
  counts?: (stack: Stack) => boolean,
): Promise<string[]> {
  const [homes, regions] = await Promise.all(
    [stackNames.journal(baseName), stackNames.bucket(baseName)].map((name) =>
      regionsWith(name, supportedRegions, cloudFormation, counts),
    ),
  );
  return [...new Set([...(homes ?? []), ...(regions ?? [])])];
}

/** BaseNames of the sets that stand: what is being made or removed is not to be compared. */
async function allSets({ cloudFormation, supportedRegions }: ValidateInputPorts): Promise<string[]> {
  const StackStatusFilter: StackStatus[] = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];
  const names = await Promise.all(
    supportedRegions.map(async (region) => {
      const found: string[] = [];
      const pages = paginateListStacks({ client: cloudFormation(region) }, { StackStatusFilter });
      for await (const { StackSummaries = [] } of pages) {
        const names = StackSummaries.map(({ StackName = '' }) => baseNameOfBucketStack(StackName));
        found.push(...names.filter((name) => name !== undefined));
      }
      return found;
    }),
  );
  return [...new Set(names.flat())];
}
