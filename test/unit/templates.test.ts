import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { metrics } from '../../functions/contracts/metrics';
import { bucketName, longestBaseName, streamParameter } from '../../functions/contracts/names';
import { lookKind } from '../../functions/contracts/replication';
import { journalTemplate } from '../../functions/regional-stack/journal-template';
import { stackInput } from '../../functions/regional-stack/stack-input';
import { defaultRegions } from '../../infra/default-regions';
import { queries } from '../../infra/queries';
import { replicationFunctions, writers } from '../../infra/replication';
import { listedTypes } from '../end-to-end/account';
import { stacks } from './stacks';

const [base, bucket, kept, root] = [stacks.base, stacks.bucket, stacks.kept, stacks.root].map((stack) =>
  Template.fromStack(stack),
) as [Template, Template, Template, Template];

test('regional templates hold no IAM: roles are global, and the root stack makes them', () => {
  for (const template of [base, bucket]) {
    const types = Object.values(template.toJSON().Resources as { Type: string }[]).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith('AWS::IAM::'))).toEqual([]);
  }
});

test('base: a copy that ends badly starts the clean-up, and a schedule the sweep', () => {
  const idOf = (StateMachineName: string) =>
    Object.keys(
      base.findResources('AWS::StepFunctions::StateMachine', { Properties: { StateMachineName } }),
    )[0];
  const Ref = idOf('MARS-CopyLargeObject');
  const targets = (name: string) => [
    {
      Arn: { Ref: idOf(name) },
      RoleArn: { 'Fn::Join': ['', Match.arrayWith([':role/MARS-CleanUp-Events-Role'])] },
    },
  ];
  base.hasResourceProperties('AWS::Events::Rule', {
    Name: 'MARS-CleanUpCopy',
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [{ Ref }] },
    },
    Targets: targets('MARS-CleanUpCopy'),
  });
  base.hasResourceProperties('AWS::Events::Rule', {
    Name: 'MARS-SweepCopies',
    ScheduleExpression: 'rate(1 day)',
    Targets: targets('MARS-SweepCopies'),
  });
});

test('base: what the spec lists is there, under the names that users know', () => {
  base.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'MARS-Queue',
    RedrivePolicy: { maxReceiveCount: 10 },
    VisibilityTimeout: 360,
    MessageRetentionPeriod: 1_209_600,
  });
  base.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'MARS-Queue-DLQ',
    MessageRetentionPeriod: 1_209_600,
  });
  base.hasResourceProperties('AWS::DynamoDB::Table', { TableName: 'MARS-MultiPartUpload' });
  base.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineName: 'MARS-CopyLargeObject',
  });
  base.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  base.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/MARS' });
  for (const FunctionName of ['MARS-QueueProcessor', 'MARS-StreamProcessor']) {
    base.hasResourceProperties('AWS::Lambda::Function', { FunctionName, Runtime: 'nodejs24.x' });
  }
  for (const logicalId of [
    'Queue',
    'DLQueue',
    'QueueSubscription',
    'MultiPartUploadTable',
    'Key',
    'CopyLargeObject',
  ]) {
    expect(Object.keys(base.toJSON().Resources).some((id) => id.startsWith(logicalId))).toBe(true);
  }
});

test('base: a dashboard, if wanted', () => {
  base.hasResource('AWS::CloudWatch::Dashboard', { Condition: 'WithDashboard' });
});

test('base: only events of others than our own writers, and retries, reach QueueProcessor', () => {
  const [subscription] = Object.values(base.findResources('AWS::Lambda::EventSourceMapping'));
  const { FilterCriteria, FunctionResponseTypes } = subscription?.Properties ?? {};
  expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  const patterns = FilterCriteria.Filters.map(({ Pattern }: { Pattern: unknown }) => JSON.stringify(Pattern));
  for (const { id, name } of writers) {
    expect(patterns[0]).toContain(`${id}RoleId`);
    expect(patterns[0]).toContain(`:${name}`);
  }
  expect(patterns[0]).toContain('anything-but');
  expect(patterns[1]).toContain(lookKind);
});

test('bucket: versioned, encrypted with a bucket key, private, owner enforced', () => {
  bucket.hasResourceProperties('AWS::S3::Bucket', {
    BucketName: { 'Fn::Join': ['', ['mars-', { Ref: 'BaseName' }, '-', { Ref: 'AWS::Region' }]] },
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
          BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
        },
      ],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    MetricsConfigurations: { 'Fn::If': ['WithMetrics', [{ Id: 'EntireBucket' }], { Ref: 'AWS::NoValue' }] },
  });
});

test('bucket: overwritten versions go after 30 days, uploads that nobody ended after seven', () => {
  bucket.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [
        { Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
        { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      ],
    },
  });
});

test('bucket: TLS only', () => {
  bucket.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ],
    },
  });
});

test('of a region that leaves the set its bucket outlives the stack, as it was, but tells nobody of writes', () => {
  const resources = (template: Template) => Object.entries(template.toJSON().Resources as object);
  expect(resources(kept).map(([id]) => id)).toEqual(['Bucket', 'BucketPolicy']);
  for (const [id, resource] of resources(kept)) {
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    const { NotificationConfiguration, MetricsConfigurations, ...rest } = Object.fromEntries(
      resources(bucket),
    )[id].Properties;
    expect(resource.Properties).toEqual(rest);
  }
});

test('bucket: the stream wakes StreamProcessor for other origins, and for own items to check', () => {
  const [mapping] = Object.values(bucket.findResources('AWS::Lambda::EventSourceMapping'));
  const patterns = JSON.stringify(mapping?.Properties.FilterCriteria);
  expect(mapping?.Properties).toMatchObject({
    FunctionName: 'MARS-StreamProcessor',
    StartingPosition: 'TRIM_HORIZON',
  });
  expect(patterns).toContain('anything-but');
  expect(patterns).toContain('check');
  expect(patterns).not.toContain('REMOVE');
});

const started = ['MARS-CreateMARSBucket', 'MARS-DeleteMARSBucket', 'MARS-Reconcile', 'MARS-Redrive'];
test('root: state machines and roles by their known names, and the parameters of the guide', () => {
  for (const StateMachineName of started) {
    root.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName });
    root.hasResourceProperties('AWS::IAM::Role', { RoleName: `${StateMachineName}-Role` });
  }
  for (const name of ['MARS-QueueProcessor-Role', 'MARS-StreamProcessor-Role']) {
    root.hasResourceProperties('AWS::IAM::Role', { RoleName: name });
  }
  root.hasParameter('EnableBucketMetrics', { Default: 'true' });
  root.hasParameter('CreateRegionalDashboards', { Default: 'true' });
  root.hasParameter('StreamParallelization', { Default: 4, MinValue: 1, MaxValue: 10 });
  root.hasParameter('ReconcileSchedule', { Default: 'rate(1 day)' });
  root.hasParameter('ReconcileGraceMinutes', { Default: 15 });
  root.hasParameter('CodeBucketBaseName', {});
  root.hasParameter('SupportedRegions', { Default: defaultRegions.join(',') });
});

test('root: the schedule starts what reconciles all sets', () => {
  root.hasResource('AWS::Events::Rule', {
    Condition: 'ReconcileIsScheduled',
    Properties: {
      ScheduleExpression: { Ref: 'ReconcileSchedule' },
      Targets: [Match.objectLike({ Input: '{}', Arn: { Ref: Match.stringLikeRegexp('ReconcileAll') } })],
    },
  });
});

test('the journal has a replica in each region, with new images in its streams', () => {
  expect(journalTemplate('pictures', ['eu-west-1', 'us-west-2'], { withDashboard: false })).toMatchObject({
    Resources: {
      DynamoDBTable: {
        Properties: {
          TableName: 'MARS-pictures',
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
          Replicas: [{ Region: 'eu-west-1' }, { Region: 'us-west-2' }],
        },
      },
    },
  });
});

test('a set has a dashboard, if wanted, with each of its buckets', () => {
  const long = 'b'.repeat(longestBaseName(defaultRegions));
  const template = JSON.stringify(journalTemplate(long, defaultRegions, { withDashboard: true }));
  expect(template).toContain(`"DashboardName":"MARS-${long}"`);
  for (const region of defaultRegions) expect(template).toContain(bucketName(long, region));
  expect(template.length).toBeLessThan(51_200); // CloudFormation quotas, "Template body size in a request"
});

test('base: the dashboard asks the three questions, from what alarms watch, too', () => {
  const [dashboard] = Object.values(base.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard);
  for (const question of ['Are we in step?', 'What is behind?', 'What failed?'])
    expect(body).toContain(question);
  for (const name of Object.keys(metrics))
    expect([name, body.includes(name) || name === 'ReconcileDifferences']).toEqual([name, true]);
});

/** As AWS documents them (SQS Developer Guide, Lambda Developer Guide, Step Functions Developer Guide, each "metrics"). */
const documented = [
  'AWS/SQS ApproximateAgeOfOldestMessage QueueName',
  'AWS/SQS ApproximateNumberOfMessagesVisible QueueName',
  'AWS/Lambda IteratorAge FunctionName',
  'AWS/Lambda Errors FunctionName',
  'AWS/Lambda Throttles FunctionName',
  'AWS/States ExecutionsFailed StateMachineArn',
  'AWS/States ExecutionsTimedOut StateMachineArn',
];
const alarmsOf = (template: Template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

test('alarms watch metrics that there are, and never their minimum or average', () => {
  const own = ['Failed service', 'OldestLargeCopy service', 'ReplicationLatency Destination service'];
  own.push('ReconcileDifferences service');
  const there = [...documented, ...own.map((each) => `MARS ${each}`)];
  for (const { Namespace, MetricName, Dimensions, Statistic } of [base, root].flatMap(alarmsOf)) {
    const names = Dimensions.map(({ Name }: { Name: string }) => Name).sort();
    expect(there).toContain([Namespace, MetricName, ...names].join(' '));
    expect(['Sum', 'Maximum']).toContain(Statistic);
  }
});

test('each alarm has a section in the runbook, and each section an alarm; all tell the topic', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
  const sections = [...runbook.matchAll(/^### (MARS-.*)$/gm)].flatMap(([, names = '']) => names.split(', '));
  const there = [base, root].flatMap(alarmsOf);
  expect(there.map(({ AlarmName }) => AlarmName).sort()).toEqual(sections.sort());
  for (const { AlarmActions } of there)
    expect(AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Alarms/) }]);
});

test('base: a saved query for each question, over the logs of all functions', () => {
  const found = Object.values(base.findResources('AWS::Logs::QueryDefinition'));
  expect(found).toHaveLength(Object.keys(queries).length);
  for (const { Properties } of found)
    expect(Properties.LogGroupNames).toHaveLength(replicationFunctions.length);
});

test('logs are kept for a month', () => {
  for (const template of [base, root]) {
    const groups = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(groups.length).toBeGreaterThan(0);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(30);
  }
});

test('stacks are given every parameter that their template has, and no other', () => {
  const environment = new Proxy({}, { get: (_, name) => String(name) }) as never;
  const given = (Kind: 'Base' | 'Bucket' | 'KeptBucket') => {
    const Regions = ['eu-west-1', 'us-west-2'];
    const target = { Kind, Region: 'eu-west-1', BaseName: 'pictures', Regions, Replicates: true };
    return stackInput(target, environment).Parameters.map(({ ParameterKey }) => ParameterKey);
  };
  expect(given('Base').sort()).toEqual(Object.keys(base.toJSON().Parameters).sort());
  expect(given('KeptBucket').sort()).toEqual(Object.keys(kept.toJSON().Parameters).sort());
  expect([...given('Bucket'), streamParameter].sort()).toEqual(
    Object.keys(bucket.toJSON().Parameters).sort(),
  );
});

test.each(['QueueProcessor', 'StreamProcessor', 'PrepareCopy'])('%s may copy a tagged object', (id) => {
  const actions = replicationFunctions
    .find((each) => each.id === id)
    ?.grants.flatMap((grant) => grant.actions);
  expect(actions).toEqual(
    expect.arrayContaining(['s3:GetObjectTagging', 's3:GetObjectVersionTagging', 's3:PutObjectTagging']),
  );
});

test('a comparison of the account lists every type that a template makes', () => {
  // These are listed with what they belong to, or have no name of their own.
  const belong = /Policy$|::Permission$|::QueryDefinition$/;
  const types = [base, bucket, root].flatMap((template) =>
    Object.values<{ Type: string }>(template.toJSON().Resources).map(({ Type }) => Type),
  );
  const made = new Set(types.filter((type) => !belong.test(type)));
  expect(listedTypes).toEqual(expect.arrayContaining([...made]));
});
