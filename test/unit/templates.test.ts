import { App, type IStackSynthesizer, LegacyStackSynthesizer } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { lookKind } from '../../functions/contracts/replication';
import { journalTemplate } from '../../functions/regional-stack/journal-template';
import { stackInput } from '../../functions/regional-stack/stack-input';
import { BaseStack } from '../../infra/base-stack';
import { BucketStack } from '../../infra/bucket-stack';
import { replicationFunctions, writers } from '../../infra/replication';
import { defaultRegions, RootStack } from '../../infra/root-stack';

const plain = () => new LegacyStackSynthesizer() as IStackSynthesizer;
const app = () => new App({ analyticsReporting: false });
const base = Template.fromStack(new BaseStack(app(), 'Base', { synthesizer: plain() }));
const bucket = Template.fromStack(new BucketStack(app(), 'Bucket', { synthesizer: plain() }));
const asset = import.meta.dirname; // any folder and file will do
const root = Template.fromStack(
  new RootStack(app(), 'Root', {
    orchestrationCode: asset,
    regionalCode: asset,
    baseTemplate: import.meta.filename,
    bucketTemplate: import.meta.filename,
  }),
);

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
        { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
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
  expect(journalTemplate('pictures', ['eu-west-1', 'us-west-2'])).toMatchObject({
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

test('stacks are given every parameter that their template has, and no other', () => {
  const environment = new Proxy({}, { get: (_, name) => String(name) }) as never;
  const given = (Kind: 'Base' | 'Bucket') => {
    const target = { Kind, Region: 'eu-west-1', BaseName: 'pictures', Regions: ['eu-west-1', 'us-west-2'] };
    return stackInput(target, 'execution', environment, 'stream').Parameters?.map(
      ({ ParameterKey }) => ParameterKey,
    );
  };
  expect(given('Base')?.sort()).toEqual(Object.keys(base.toJSON().Parameters).sort());
  expect(given('Bucket')?.sort()).toEqual(Object.keys(bucket.toJSON().Parameters).sort());
});

test.each(['QueueProcessor', 'StreamProcessor', 'PrepareCopy'])('%s may copy a tagged object', (id) => {
  const actions = replicationFunctions
    .find((each) => each.id === id)
    ?.grants.flatMap((grant) => grant.actions);
  expect(actions).toEqual(
    expect.arrayContaining(['s3:GetObjectTagging', 's3:GetObjectVersionTagging', 's3:PutObjectTagging']),
  );
});
