import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { Connection } from '../../cli/connection';
import { findStack } from '../../functions/common/cloudformation';
import { stackNames } from '../../functions/contracts/names';

/** How far a region's stacks are, for people: `eu-west-1 base 24/24, bucket 3/6`. */
export async function regionsProgress(
  { cloudFormation }: Connection,
  baseName: string,
  regions: readonly string[],
): Promise<string> {
  const texts = regions.map(async (region) => {
    const client = cloudFormation(region);
    const count = async (label: string, StackName: string) => {
      if (!(await findStack(client, StackName))) return `${label} -`;
      const resources = await client.send(new ListStackResourcesCommand({ StackName }));
      const all = resources.StackResourceSummaries ?? [];
      const done = all.filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_COMPLETE').length;
      return `${label} ${done}/${all.length}`;
    };
    const base = await count('base', stackNames.base);
    return `${region}: ${base}, ${await count('bucket', stackNames.bucket(baseName))}`;
  });
  return (await Promise.all(texts)).join(' | ');
}
