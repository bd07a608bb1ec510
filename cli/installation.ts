import type { Stack } from '@aws-sdk/client-cloudformation';
import { findStack, listOf, parameterOf } from '../functions/common/cloudformation';
import type { Connection } from './connection';

export const rootStackName = 'MARS';

/** What the root stack tells of itself. */
interface Settings {
  accountId: string;
  /** Base name of the regional code buckets. */
  codeBuckets: string;
  /** Those that sets may have. */
  regions: string[];
}

export interface Installation extends Connection, Settings {
  createArn: string;
  deleteArn: string;
  addRegionArn: string;
  removeRegionArn: string;
  updateRegionsArn: string;
  reconcileArn: string;
  redriveArn: string;
}

export function settingsOf(root: Stack): Settings {
  const accountId = root.StackId?.split(':')[4] ?? '';
  return {
    accountId,
    codeBuckets: parameterOf(root, 'CodeBucketBaseName') || `mars-code-${accountId}`,
    regions: listOf(root, 'SupportedRegions'),
  };
}

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
    ...settingsOf(root),
  };
}
