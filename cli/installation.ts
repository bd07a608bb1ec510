import type { Stack } from '@aws-sdk/client-cloudformation';
import { findStack, listOf, parameterOf } from '../functions/common/cloudformation';
import type { Connection } from './connection';

export const rootStackName = 'MARS';

export interface Installation extends Connection {
  createArn: string;
  deleteArn: string;
  addRegionArn: string;
  removeRegionArn: string;
  updateRegionsArn: string;
  reconcileArn: string;
  redriveArn: string;
  accountId: string;
  codeBuckets: string;
  /** Those that sets may have. */
  regions: string[];
}

export const accountOf = (root: Stack | undefined): string => root?.StackId?.split(':')[4] ?? '';
/** Base name of the regional code buckets. */
export const codeBucketsOf = (root: Stack | undefined): string =>
  parameterOf(root, 'CodeBucketBaseName') || `mars-code-${accountOf(root)}`;

/** The state machines of the root stack in the home region. @throws Error when MARS is not installed there. */
export async function findInstallation(connection: Connection): Promise<Installation> {
  const { homeRegion } = connection;
  const root = await findStack(connection.cloudFormation(homeRegion), rootStackName);
  if (!root)
    throw new Error(
      `there is no stack ${rootStackName} in ${homeRegion}: "npx cdk deploy" makes it, --home REGION says where it is`,
    );
  const output = (name: string) => {
    const value = root.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
    if (value === undefined)
      throw new Error(`the stack ${rootStackName} in ${homeRegion} has no output ${name}`);
    return value;
  };
  return {
    ...connection,
    createArn: output('CreateMARSBucketArn'),
    deleteArn: output('DeleteMARSBucketArn'),
    addRegionArn: output('AddRegionArn'),
    removeRegionArn: output('RemoveRegionArn'),
    updateRegionsArn: output('UpdateRegionsArn'),
    reconcileArn: output('ReconcileArn'),
    redriveArn: output('RedriveArn'),
    accountId: accountOf(root),
    codeBuckets: codeBucketsOf(root),
    regions: listOf(root, 'SupportedRegions'),
  };
}
