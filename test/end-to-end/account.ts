import { paginateListStacks } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms, paginateListDashboards } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, paginateListAliases, paginateListKeys } from '@aws-sdk/client-kms';
import { paginateListEventSourceMappings, paginateListFunctions } from '@aws-sdk/client-lambda';
import { paginateListBuckets } from '@aws-sdk/client-s3';
import { paginateListStateMachines } from '@aws-sdk/client-sfn';
import { paginateListTopics, SNSClient } from '@aws-sdk/client-sns';
import { paginateListQueues } from '@aws-sdk/client-sqs';
import type { Connection } from '../../cli/connection';

/** Names of what there is of one type in one region. */
type Lister = (connection: Connection, region: string) => Promise<(string | undefined)[]>;

/**
 * How what the templates hold is listed, by type. What has no listing of its own goes with what it belongs to: the policy with
 * its bucket, queue or topic, a function's permissions with the function.
 */
const listers: Record<string, Lister> = {
  'AWS::CloudFormation::Stack': async ({ cloudFormation }, region) =>
    (await all(paginateListStacks({ client: cloudFormation(region) }, {})))
      .flatMap(({ StackSummaries = [] }) => StackSummaries)
      .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
      .map(({ StackName, StackStatus }) => `${StackName} ${StackStatus}`),
  'AWS::CloudWatch::Alarm': async ({ config }, region) =>
    (await all(paginateDescribeAlarms({ client: new CloudWatchClient(config(region)) }, {}))).flatMap(
      ({ MetricAlarms = [] }) => MetricAlarms.map(({ AlarmName }) => AlarmName),
    ),
  'AWS::CloudWatch::Dashboard': async ({ config }, region) =>
    (await all(paginateListDashboards({ client: new CloudWatchClient(config(region)) }, {}))).flatMap(
      ({ DashboardEntries = [] }) => DashboardEntries.map(({ DashboardName }) => DashboardName),
    ),
  'AWS::DynamoDB::Table': async ({ config }, region) =>
    (await all(paginateListTables({ client: new DynamoDBClient(config(region)) }, {}))).flatMap(
      ({ TableNames = [] }) => TableNames,
    ),
  'AWS::Events::Rule': async ({ config }, region) =>
    ((await new EventBridgeClient(config(region)).send(new ListRulesCommand())).Rules ?? []).map(
      ({ Name }) => Name,
    ),
  'AWS::KMS::Alias': async ({ config }, region) =>
    (await all(paginateListAliases({ client: new KMSClient(config(region)) }, {})))
      .flatMap(({ Aliases = [] }) => Aliases.map(({ AliasName }) => AliasName))
      .filter((name) => !name?.startsWith('alias/aws/')),
  'AWS::KMS::Key': async ({ config }, region) => {
    const client = new KMSClient(config(region));
    const keys = (await all(paginateListKeys({ client }, {}))).flatMap(({ Keys = [] }) => Keys);
    const described = await Promise.all(
      keys.map(({ KeyId }) => client.send(new DescribeKeyCommand({ KeyId }))),
    );
    // One in its waiting period is what a removed key is; AWS's own are nobody's.
    return described
      .filter(({ KeyMetadata }) => KeyMetadata?.KeyManager === 'CUSTOMER')
      .filter(({ KeyMetadata }) => KeyMetadata?.KeyState !== 'PendingDeletion')
      .map(({ KeyMetadata }) => KeyMetadata?.KeyId);
  },
  'AWS::Lambda::EventSourceMapping': async ({ lambda }, region) =>
    (await all(paginateListEventSourceMappings({ client: lambda(region) }, {}))).flatMap(
      ({ EventSourceMappings = [] }) => EventSourceMappings.map(({ UUID }) => UUID),
    ),
  'AWS::Lambda::Function': async ({ lambda }, region) =>
    (await all(paginateListFunctions({ client: lambda(region) }, {}))).flatMap(({ Functions = [] }) =>
      Functions.map(({ FunctionName }) => FunctionName),
    ),
  'AWS::Logs::LogGroup': async ({ config }, region) =>
    (await all(paginateDescribeLogGroups({ client: new CloudWatchLogsClient(config(region)) }, {}))).flatMap(
      ({ logGroups = [] }) => logGroups.map(({ logGroupName }) => logGroupName),
    ),
  'AWS::S3::Bucket': async ({ s3 }, region) =>
    (await all(paginateListBuckets({ client: s3(region) }, { BucketRegion: region })))
      .flatMap(({ Buckets = [] }) => Buckets)
      .filter(({ BucketRegion }) => BucketRegion === region)
      .map(({ Name }) => Name),
  'AWS::SNS::Topic': async ({ config }, region) =>
    (await all(paginateListTopics({ client: new SNSClient(config(region)) }, {}))).flatMap(
      ({ Topics = [] }) => Topics.map(({ TopicArn }) => TopicArn),
    ),
  'AWS::SQS::Queue': async ({ sqs }, region) =>
    (await all(paginateListQueues({ client: sqs(region) }, {}))).flatMap(({ QueueUrls = [] }) => QueueUrls),
  'AWS::StepFunctions::StateMachine': async ({ sfn }, region) =>
    (await all(paginateListStateMachines({ client: sfn(region) }, {}))).flatMap(({ stateMachines = [] }) =>
      stateMachines.map(({ name }) => name),
    ),
};

/** These are of the whole account. */
const global: Record<string, Lister> = {
  'AWS::IAM::Role': async ({ config }, region) =>
    (await all(paginateListRoles({ client: new IAMClient(config(region)) }, {}))).flatMap(({ Roles = [] }) =>
      Roles.map(({ RoleName }) => RoleName),
    ),
};

export const listedTypes = [...Object.keys(listers), ...Object.keys(global)];

/** All that there is in these regions of the account, of all types that MARS makes: a line each. */
export async function resourcesIn(connection: Connection, regions: readonly string[]): Promise<string[]> {
  const places: [string, string, Lister][] = [
    ...regions.flatMap((region) =>
      Object.entries(listers).map(([type, list]): [string, string, Lister] => [region, type, list]),
    ),
    ...Object.entries(global).map(([type, list]): [string, string, Lister] => ['global', type, list]),
  ];
  const lines = await Promise.all(
    places.map(async ([place, type, list]) => {
      const names = await list(connection, place === 'global' ? connection.homeRegion : place);
      return names.map((name) => `${place} ${type} ${name}`);
    }),
  );
  return lines.flat().sort();
}

async function all<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const found: Page[] = [];
  for await (const page of pages) found.push(page);
  return found;
}
