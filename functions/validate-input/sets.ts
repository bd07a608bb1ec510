import {
  type CloudFormationClient,
  paginateListStacks,
  type Stack,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { listOf, stacksIn } from '../common/cloudformation';
import { InvalidInput } from '../contracts/errors';
import { baseNameOfBucketStack, regionsParameter, stackNames } from '../contracts/names';

/** Which sets there are, and where, as the account's stacks tell. */

export interface AccountPorts {
  cloudFormation: (region: string) => CloudFormationClient;
  supportedRegions: string[];
}

export interface FoundSet {
  /** The journal's home first. */
  regions: string[];
  /** Those with a bucket's stack. */
  buckets: string[];
  journal: Stack | undefined;
}

/** @throws InvalidInput when there is no such set. */
export async function theSet(baseName: string, ports: AccountPorts): Promise<FoundSet> {
  const found = await findSet(baseName, ports);
  if (!found) throw noSuchSet(baseName);
  return found;
}

/** `undefined`: no region has a stack of it, or one that counts. */
export async function findSet(
  baseName: string,
  { cloudFormation, supportedRegions }: AccountPorts,
  counts?: (stack: Stack) => boolean,
): Promise<FoundSet | undefined> {
  const find = (name: string) => stacksIn(name, supportedRegions, cloudFormation, counts);
  const [homes, found] = await Promise.all([
    find(stackNames.journal(baseName)),
    find(stackNames.bucket(baseName)),
  ]);
  const buckets = found.map(({ region }) => region);
  const regions = [...new Set([...homes.map(({ region }) => region), ...buckets])];
  return regions.length > 0 ? { regions, buckets, journal: homes[0]?.stack } : undefined;
}

export const regionsOf = (journal: Stack | undefined): string[] => listOf(journal, regionsParameter);

const noSuchSet = (value: string): InvalidInput => {
  const expected = 'the name of a set that exists; no region has a stack of this one';
  return new InvalidInput({ field: 'BaseName', value, expected });
};

/** BaseNames of the sets that stand: what is being made or removed is not to be compared. */
export async function allSets({ cloudFormation, supportedRegions }: AccountPorts): Promise<string[]> {
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
