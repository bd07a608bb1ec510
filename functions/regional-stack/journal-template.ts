import {
  journalTable,
  keyAlias,
  leftParameter,
  regionsParameter,
  templateParameter,
} from '../contracts/names';
import { setDashboard } from './set-dashboard';

/**
 * The journal: a global table with a replica in each region. Its list of replicas differs from set to set, and a
 * template cannot loop over a list of properties, so this one template is made here and not by CDK.
 * Streams carry new images only, and are fixed at birth (CloudFormation Template Reference, AWS::DynamoDB::GlobalTable,
 * StreamSpecification: "You can only change the streams settings if your global table has only one replica").
 */
export const journalTemplate = (
  baseName: string,
  regions: readonly string[],
  { withDashboard }: { withDashboard: boolean },
): object => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: `MARS: the journal of the set of buckets ${baseName}`,
  Parameters: {
    [templateParameter]: { Type: 'String' },
    [regionsParameter]: { Type: 'String' },
    [leftParameter]: { Type: 'String', Default: '' },
  },
  Outputs: { [templateParameter]: { Value: { Ref: templateParameter } } },
  Resources: {
    DynamoDBTable: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        TableName: journalTable(baseName),
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'key', AttributeType: 'S' },
          { AttributeName: 'origin', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'key', KeyType: 'HASH' },
          { AttributeName: 'origin', KeyType: 'RANGE' },
        ],
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: regions.map((region) => ({
          Region: region,
          SSESpecification: { KMSMasterKeyId: keyAlias },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        })),
      },
    },
    ...(withDashboard && {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: { DashboardName: `MARS-${baseName}`, DashboardBody: setDashboard(baseName, regions) },
      },
    }),
  },
});
