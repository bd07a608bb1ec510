import { listOf, stacksIn } from '../common/cloudformation';
import { BaseNameInUse, InvalidInput } from '../contracts/errors';
import {
  parseCreateInput,
  parseDeleteInput,
  parseReconcileInput,
  parseRedriveInput,
  parseRegionsInput,
  parseRemovalInput,
  parseUpdateInput,
} from '../contracts/input';
import { leftParameter, stackNames } from '../contracts/names';
import { type ToUpdate, type ValidateInputOutput, validateInputInput } from '../contracts/stacks';
import { isMadeBy, makerOf } from '../regional-stack/advance';
import { type AccountPorts, allSets, type FoundSet, findSet, regionsOf, theSet } from './sets';
import { commit, isCommitted, isUnfinished, lockSet, type WorkPorts } from './work';

interface ValidateInputPorts extends AccountPorts {
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
    case 'RemoveRegion':
      return validateRemoval(asked, ports);
    case 'UpdateRegions':
      return validateUpdate(asked, ports);
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
  const found = await findSet(request.BaseName, ports);
  if (found) {
    await refuseUnfinished(request.BaseName, found, ports);
    const expected = `a name that no set has; this one has stacks in ${found.regions.join(', ')}`;
    throw new BaseNameInUse({ field: 'BaseName', value: request.BaseName, expected });
  }
  return { ...request, AllRegions: request.Regions, EmptyBuckets: false };
}

/** @throws InvalidInput when there is no such set, or it has or had one of the regions; BaseNameInUse. */
async function validateAddition(
  { Input, Execution }: Request,
  ports: ValidateInputPorts,
): Promise<ValidateInputOutput> {
  const { BaseName, Regions } = parseRegionsInput(Input, ports.supportedRegions);
  await lockSet(BaseName, Execution, ports.work);
  const { regions, journal } = await theWholeSet(BaseName, ports);
  const refuse = refusalOf(Regions);
  const has = Regions.find((region) => regions.includes(region));
  if (has !== undefined) throw refuse(`regions that the set does not have yet; it has ${has}`);
  // Its own writes are still journaled, with versions that are gone: it would take their absence for a removal.
  const left = Regions.find((region) => listOf(journal, leftParameter).includes(region));
  if (left !== undefined) throw refuse(`regions that never were in the set; ${left} has left it for good`);
  return { BaseName, Regions, AllRegions: [...regions, ...Regions], EmptyBuckets: false };
}

/**
 * @throws InvalidInput when there is no such set, or it has not all of the regions, or one of them can't leave; BaseNameInUse.
 */
async function validateRemoval(
  { Input, Execution }: Request,
  ports: ValidateInputPorts,
): Promise<ValidateInputOutput> {
  const { BaseName, Regions, Buckets } = parseRemovalInput(Input, ports.supportedRegions);
  await lockSet(BaseName, Execution, ports.work);
  const { regions, journal } = await theWholeSet(BaseName, ports);
  const [home = ''] = regions;
  const refuse = refusalOf(Regions);
  const strange = Regions.find((region) => !regions.includes(region));
  if (strange !== undefined) throw refuse(`regions of the set, ${regions.join(', ')}; ${strange} is none`);
  const instead = 'MARS-DeleteMARSBucket removes the whole set';
  if (Regions.includes(home)) {
    // CloudFormation Template Reference, AWS::DynamoDB::GlobalTable: "You cannot remove the replica in the stack region."
    // DynamoDB itself keeps, for 24 hours, the table that another replica was made from; that is the home's, too.
    const reason = `the journal lives in ${home}, and "you cannot remove the replica in the stack region"`;
    throw refuse(`regions without ${home}: ${reason}; ${instead}`);
  }
  const AllRegions = regions.filter((region) => !Regions.includes(region));
  if (AllRegions.length < 2) throw refuse(`two regions or more to stay in the set; ${instead}`);
  const journaled = regionsOf(journal);
  const HaveJournal = Regions.some((region) => journaled.includes(region));
  return { BaseName, Regions, AllRegions, EmptyBuckets: true, Buckets, HaveJournal };
}

/** One to build on. @throws InvalidInput when there is no such set, or it lacks its journal; BaseNameInUse as {@link refuseUnfinished}. */
async function theWholeSet(baseName: string, ports: ValidateInputPorts): Promise<FoundSet> {
  const found = await theSet(baseName, ports);
  await refuseUnfinished(baseName, found, ports);
  if (found.journal) return found;
  const expected = `a set that has its journal; this is what is left of one in ${found.regions.join(', ')}, and can only be deleted`;
  throw new InvalidInput({ field: 'BaseName', value: baseName, expected });
}

/** @throws BaseNameInUse when what there is was made by an execution that did not make all, and is to be rolled back. */
async function refuseUnfinished(
  value: string,
  { journal }: FoundSet,
  ports: ValidateInputPorts,
): Promise<void> {
  const maker = journal && makerOf(journal);
  if (maker === undefined || !(await isUnfinished(maker, ports.work))) return;
  const expected = `a set that is whole; ${maker} did not make all of this one, and MARS-RollBack removes it`;
  const todo =
    'wait until MARS-RollBack has removed it; what is left after that, MARS-DeleteMARSBucket removes';
  throw new BaseNameInUse({ field: 'BaseName', value, expected, todo });
}

const refusalOf = (regions: readonly string[]) => (expected: string) =>
  new InvalidInput({ field: 'Regions', value: regions.join(), expected });

/** Regions of the set, the journal's home first. @throws InvalidInput when there is no such set; BaseNameInUse. */
async function validateDelete(
  { Input, Execution }: Request,
  ports: ValidateInputPorts,
): Promise<ValidateInputOutput> {
  const { BaseName, EmptyBuckets } = parseDeleteInput(Input, ports.supportedRegions);
  await lockSet(BaseName, Execution, ports.work);
  const { regions } = await theSet(BaseName, ports);
  return { BaseName, Regions: regions, AllRegions: regions, EmptyBuckets };
}

/** @throws InvalidInput when there is no such set; BaseNameInUse while another execution works on one of the sets. */
async function validateUpdate({ Input, Execution }: Request, ports: ValidateInputPorts): Promise<ToUpdate> {
  const { BaseName } = parseUpdateInput(Input, ports.supportedRegions);
  const names = BaseName === undefined ? await allSets(ports) : [BaseName];
  const Sets: ToUpdate['Sets'] = [];
  for (const name of names) {
    await lockSet(name, Execution, ports.work);
    Sets.push({ BaseName: name, Regions: (await theSet(name, ports)).regions });
  }
  const bases = await stacksIn(stackNames.base, ports.supportedRegions, ports.cloudFormation);
  const isMeant = (region: string) =>
    BaseName === undefined || Sets.some(({ Regions }) => Regions.includes(region));
  return { Regions: bases.map(({ region }) => region).filter(isMeant), Sets };
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
  const before = await findSet(BaseName, ports, (found) => !isMadeBy(found, Failed));
  const isWhole = await isCommitted(Failed, ports.work);
  return {
    BaseName,
    Regions: isWhole ? [] : Regions,
    AllRegions: before?.regions ?? [],
    EmptyBuckets: false,
  };
}

async function validateReconcile(input: unknown, ports: ValidateInputPorts) {
  const { Region, ...request } = parseReconcileInput(input, ports.supportedRegions);
  const Regions = await replicating(request.BaseName, ports);
  return { ...request, Regions, Targets: chosen(Region, Regions) };
}

async function validateRedrive(input: unknown, ports: ValidateInputPorts) {
  const { Region, ...request } = parseRedriveInput(input, ports.supportedRegions);
  return { ...request, Regions: chosen(Region, await replicating(request.BaseName, ports)) };
}

function chosen(region: string | undefined, regions: string[]): string[] {
  if (region === undefined) return regions;
  const wanted = region.split(',').map((each) => each.trim());
  if (wanted.every((each) => regions.includes(each))) return wanted;
  throw new InvalidInput({ field: 'Region', value: region, expected: `one of ${regions.join(', ')}` });
}

/** Regions that have a bucket and a journal: one that is being added or removed may have only one of them. */
async function replicating(baseName: string, ports: ValidateInputPorts): Promise<string[]> {
  const { buckets, journal } = await theSet(baseName, ports);
  const journaled = regionsOf(journal);
  const found = buckets.filter((region) => journaled.includes(region));
  if (found.length > 0) return found;
  const expected = 'a set that replicates; no region of this one has both a bucket and a journal';
  throw new InvalidInput({ field: 'BaseName', value: baseName, expected });
}
