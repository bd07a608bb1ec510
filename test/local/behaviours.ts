import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeEventsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, ListDashboardsCommand, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Connection, connect } from '../../cli/connection';
import { runExecution } from '../../cli/execution';
import { stackAtRest } from '../../cli/stacks';
import { findStack } from '../../functions/common/cloudformation';
import { accountId, type EmbeddedAws, homeRegion, strangerId } from '../../local/embedded-aws';

/**
 * For each patch of the embedded AWS: does it behave as AWS does? Each is tried with all patches, where it must, and
 * without this one, where it must not.
 */
export const behaviours: Record<string, (aws: EmbeddedAws) => Promise<boolean>> = {
  role_sessions_carry_the_role_id: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    await stack(at, 'writer', {
      ...role('Writer'),
      Function: lambda('writer', 'Writer', returnsCredentials),
    });
    const queueUrl = await bucketWithQueue(aws, 'sessions');
    const writer = await inRole(aws, 'writer');
    await writer.send(new PutObjectCommand({ Bucket: 'sessions', Key: 'a', Body: 'text' }));
    const { Role } = await new IAMClient(aws.clientConfig(homeRegion)).send(
      new GetRoleCommand({ RoleName: 'Writer' }),
    );
    return (await principalOf(aws, queueUrl)) === `AWS:${Role?.RoleId}:writer`;
  },
  events_name_their_principal: async (aws) => {
    const queueUrl = await bucketWithQueue(aws, 'events');
    await s3(aws).send(new PutObjectCommand({ Bucket: 'events', Key: 'a', Body: 'text' }));
    return /^AWS:AIDA\w+$/.test(await principalOf(aws, queueUrl));
  },
  every_delete_marker_is_an_event: async (aws) => {
    const queueUrl = await bucketWithQueue(aws, 'markers');
    await s3(aws).send(new DeleteObjectCommand({ Bucket: 'markers', Key: 'never-there' }));
    await s3(aws).send(new PutObjectCommand({ Bucket: 'markers', Key: 'later', Body: 'text' }));
    return (await nextEvent(aws, queueUrl)).eventName === 'ObjectRemoved:DeleteMarkerCreated';
  },
  changes_of_tags_are_events: async (aws) => {
    const queueUrl = await bucketWithQueue(aws, 'tags');
    const target = { Bucket: 'tags', Key: 'a' };
    await s3(aws).send(new PutObjectCommand({ ...target, Body: 'text' }));
    await nextEvent(aws, queueUrl);
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
    await s3(aws).send(new PutObjectTaggingCommand({ ...target, Tagging }));
    const put = await receive(aws, queueUrl, 5);
    await s3(aws).send(new DeleteObjectTaggingCommand(target));
    const removed = put && (await receive(aws, queueUrl, 5));
    const names = [put, removed].map(
      (message) => message && JSON.parse(message.Body ?? '').Records[0].eventName,
    );
    return names.join() === 'ObjectTagging:Put,ObjectTagging:Delete';
  },
  heads_count_tags: async (aws) => {
    const target = { Bucket: await bucket(aws, 'counted'), Key: 'a' };
    await s3(aws).send(new PutObjectCommand({ ...target, Body: 'text', Tagging: 'a=b&c=d' }));
    return (await s3(aws).send(new HeadObjectCommand(target))).TagCount === 2;
  },
  new_buckets_refuse_customer_keys: async (aws) => {
    const write = {
      Bucket: await bucket(aws, 'customer-keys'),
      Key: 'a',
      Body: 'a',
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: Buffer.alloc(32, 1).toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(Buffer.alloc(32, 1)).digest('base64'),
    };
    return (await statusOf(s3(aws).send(new PutObjectCommand(write)))) === 403;
  },
  copies_test_their_destination: async (aws) => {
    const Bucket = await bucket(aws, 'copies');
    await s3(aws).send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    await s3(aws).send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'b' }));
    const copy = { Bucket, Key: 'b', CopySource: `${Bucket}/a` };
    const refused = await statusOf(s3(aws).send(new CopyObjectCommand({ ...copy, IfNoneMatch: '*' })));
    const mismatch = await statusOf(s3(aws).send(new CopyObjectCommand({ ...copy, IfMatch: '"no"' })));
    return refused === 412 && mismatch === 412;
  },
  owners_are_as_expected: async (aws) => {
    const Bucket = await bucket(aws, 'owned');
    const ask = (ExpectedBucketOwner: string) =>
      statusOf(s3(aws).send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner })));
    return (await ask(accountId)) === 200 && (await ask(strangerId)) === 403;
  },
  uploads_keep_their_tags: async (aws) => {
    const target = { Bucket: await bucket(aws, 'uploads'), Key: 'large' };
    const create = new CreateMultipartUploadCommand({ ...target, Tagging: 'kind=large' });
    const { UploadId } = await s3(aws).send(create);
    const part = new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'text' });
    const { ETag } = await s3(aws).send(part);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3(aws).send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
    return (await s3(aws).send(new GetObjectTaggingCommand(target))).TagSet?.[0]?.Value === 'large';
  },
  uploads_have_checksums_of_the_whole: async (aws) => {
    const target = { Bucket: await bucket(aws, 'wholes'), Key: 'large' };
    const whole = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
    const { UploadId } = await s3(aws).send(new CreateMultipartUploadCommand({ ...target, ...whole }));
    const part = new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: '123456789' });
    const { ETag } = await s3(aws).send(part);
    const finish = (ChecksumCRC32: string) => {
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      const checksum = { ChecksumCRC32, ChecksumType: 'FULL_OBJECT' } as const;
      return s3(aws).send(
        new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload, ...checksum }),
      );
    };
    const wrong = await statusOf(finish('AAAAAA=='));
    if ((await statusOf(finish('y/Q5Jg=='))) === 400) return false; // CRC-32's check value
    const { ChecksumCRC32 } = await s3(aws).send(
      new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }),
    );
    return wrong === 400 && ChecksumCRC32 === 'y/Q5Jg==';
  },
  uploads_name_their_initiator: async (aws) => {
    const Bucket = await bucket(aws, 'initiators');
    await s3(aws).send(new CreateMultipartUploadCommand({ Bucket, Key: 'large' }));
    const { Uploads = [] } = await s3(aws).send(new ListMultipartUploadsCommand({ Bucket }));
    return /^arn:aws:iam::\d+:user\//.test(Uploads[0]?.Initiator?.ID ?? '');
  },
  own_names_are_taken_in_other_regions: async (aws) => {
    const Bucket = await bucket(aws, 'taken');
    const elsewhere = new S3Client(aws.clientConfig('eu-west-1'));
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    return (
      (await statusOf(elsewhere.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration })))) === 409
    );
  },
  stream_mappings_run_side_by_side: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    await stack(at, 'streams', {
      ...role('Reader'),
      ...streamOf('Stuck', lambda('stuck', 'Reader', 'await new Promise((r) => setTimeout(r, 20000))')),
      ...streamOf('Failing', lambda('failing', 'Reader', reportsFailure)),
      ...queue('Failed'),
    });
    const db = new DynamoDBClient(aws.clientConfig(homeRegion));
    for (const TableName of ['Stuck', 'Failing']) {
      await db.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' } } }));
    }
    return (await receive(aws, queueUrlOf(aws, 'Failed'), 15)) !== undefined; // reported as failed, tried twice, given up
  },
  filters_look_into_arrays: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const filter = { body: { Records: { by: [{ 'anything-but': ['us'] }] } } };
    await stack(at, 'filters', {
      ...role('Filtered'),
      ...queue('Dead'),
      ...queue('Source', {
        VisibilityTimeout: 1,
        RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 1 },
      }),
      Function: lambda('always-fails', 'Filtered', 'throw new Error("no")', 1),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Function' },
          EventSourceArn: arnOf('Source'),
          FilterCriteria: { Filters: [{ Pattern: JSON.stringify(filter) }] },
        },
      },
    });
    const MessageBody = JSON.stringify({ Records: [{ by: 'a user' }] });
    const QueueUrl = queueUrlOf(aws, 'Source');
    await sqs(aws).send(new SendMessageCommand({ QueueUrl, MessageBody }));
    while (await holdsMessages(aws, QueueUrl)) await sleep(100);
    return (await receive(aws, queueUrlOf(aws, 'Dead'), 0)) !== undefined; // it matched, and so it failed
  },
  sqs_mappings_wait_for_their_batching_window: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const lengths = join(await mkdtemp(join(tmpdir(), 'mars-')), 'lengths');
    const counts = `require('fs').appendFileSync('${lengths}', event.Records.length + '\\n')`;
    await stack(at, 'windows', {
      ...role('Windowed'),
      ...queue('Windows'),
      Function: lambda('windowed', 'Windowed', counts),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Function' },
          EventSourceArn: arnOf('Windows'),
          MaximumBatchingWindowInSeconds: 3,
        },
      },
    });
    const QueueUrl = queueUrlOf(aws, 'Windows');
    for (const MessageBody of ['first', 'second']) {
      await sqs(aws).send(new SendMessageCommand({ QueueUrl, MessageBody }));
      await sleep(500); // without a window the first is gone by then
    }
    for (;;) {
      const batches = existsSync(lengths)
        ? (await readFile(lengths, 'utf8')).trim().split('\n').map(Number)
        : [];
      if (batches.reduce((sum, length) => sum + length, 0) === 2) return batches.length === 1;
      await sleep(100);
    }
  },
  updated_functions_end_what_they_began: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const began = join(await mkdtemp(join(tmpdir(), 'mars-')), 'began');
    const slowly = `require('fs').writeFileSync('${began}', '');
      await new Promise((done) => setTimeout(done, 2000)); return "whole";`;
    const deploy = (body: string) => ({ ...role('Slow'), Function: lambda('slow', 'Slow', body) });
    await stack(at, 'slow', deploy(slowly));
    const called = invoke(at, 'slow', homeRegion);
    while (!existsSync(began)) await sleep(20);
    const TemplateBody = JSON.stringify({ Resources: deploy('return "new";') });
    const update = { StackName: 'slow', TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    await at.cloudFormation(homeRegion).send(new UpdateStackCommand(update));
    await stackAtRest(at.cloudFormation(homeRegion), 'slow');
    return (await called) === '"whole"' && (await invoke(at, 'slow', homeRegion)) === '"new"';
  },
  lambda_errors_keep_their_name: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    // The second time, in a process that is there by then.
    const thrown =
      'globalThis.warm ??= 0; if (globalThis.warm++) throw Object.assign(new Error("text"), { name: "OfItsOwn" })';
    await stack(at, 'errors', {
      ...role('Thrower'),
      Function: lambda('thrower', 'Thrower', thrown),
      ...machine('errors', {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'thrower' },
        End: true,
      }),
    });
    const run = () => runExecution(at.sfn(homeRegion), machineArn('errors'), {});
    return (await run()).status === 'SUCCEEDED' && (await run()).error === 'OfItsOwn';
  },
  starting_a_running_execution_again_answers_with_it: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    await stack(at, 'waits', machine('waits', { Type: 'Wait', Seconds: 60, End: true }));
    const start = () =>
      at
        .sfn(homeRegion)
        .send(new StartExecutionCommand({ stateMachineArn: machineArn('waits'), name: 'once', input: '{}' }));
    const first = await start();
    return start().then(
      ({ executionArn }) => executionArn === first.executionArn,
      () => false,
    );
  },
  jsonata_output_of_succeed_and_parallel: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    await stack(at, 'output', machine('output', { Type: 'Succeed', Output: '{% 1 + 1 %}' }));
    return (await runExecution(at.sfn(homeRegion), machineArn('output'), {})).output === 2;
  },
  stopped_executions_do_nothing_more: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const { QueueUrl } = await at.sqs(homeRegion).send(new CreateQueueCommand({ QueueName: 'stopped' }));
    const Arguments = { QueueUrl, MessageBody: 'late' };
    const States = {
      Wait: { Type: 'Wait', Seconds: 1, Next: 'Tell' },
      Tell: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Arguments, Next: 'Break' },
      Break: { Type: 'Fail' },
    };
    await stack(
      at,
      'stopped',
      machine('stopped', { Type: 'Map', ItemProcessor: { StartAt: 'Wait', States }, End: true }),
    );
    const sfn = at.sfn(homeRegion);
    const start = new StartExecutionCommand({ stateMachineArn: machineArn('stopped'), input: '[1]' });
    const { executionArn } = await sfn.send(start);
    await sleep(500);
    await sfn.send(new StopExecutionCommand({ executionArn }));
    const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 3 });
    const { Messages = [] } = await at.sqs(homeRegion).send(receive);
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return Messages.length === 0 && status === 'ABORTED';
  },
  histories_tell_of_iterations: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const ItemProcessor = { StartAt: 'Inner', States: { Inner: { Type: 'Pass', End: true } } };
    await stack(at, 'told', machine('told', { Type: 'Map', ItemProcessor, End: true }));
    const { executionArn } = await runExecution(at.sfn(homeRegion), machineArn('told'), [1, 2]);
    const history = new GetExecutionHistoryCommand({ executionArn });
    const { events = [] } = await at.sfn(homeRegion).send(history);
    const entered = events.filter(({ stateEnteredEventDetails: state }) => state?.name === 'Inner');
    const before = entered.map(({ previousEventId }) => events.find(({ id }) => id === previousEventId));
    return (
      before
        .map((event) => event?.mapIterationStartedEventDetails?.index)
        .toSorted()
        .join() === '0,1'
    );
  },
  table_replicas_lag: async (aws) => {
    const [here, there] = [homeRegion, 'eu-west-1'].map(
      (region) => new DynamoDBClient(aws.clientConfig(region)),
    ) as [DynamoDBClient, DynamoDBClient];
    const Replicas = [{ Region: homeRegion }, { Region: 'eu-west-1' }];
    await stack(connect(homeRegion, aws.clientConfig), 'lagging', {
      Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { ...tableOf('Lagging'), Replicas } },
    });
    const Item = (value: number) => ({ id: { S: 'a' }, value: { N: String(value) } });
    const read = new GetItemCommand({ TableName: 'Lagging', Key: { id: { S: 'a' } }, ConsistentRead: true });
    const seen = async () => Number((await there.send(read)).Item?.value?.N ?? 0);
    let wasBehind = false;
    for (let value = 1; value <= 20; value++) {
      await here.send(new PutItemCommand({ TableName: 'Lagging', Item: Item(value) }));
      wasBehind ||= (await seen()) < value;
    }
    for (let tries = 0; tries < 100 && (await seen()) < 20; tries++) await sleep(100);
    return wasBehind && (await seen()) === 20;
  },
  global_tables_have_replicas: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const replica = new DynamoDBClient(aws.clientConfig('eu-west-1'));
    const streamArn = () =>
      replica.send(new DescribeTableCommand({ TableName: 'Global' })).then(
        ({ Table }) => Table?.LatestStreamArn,
        () => undefined,
      );
    const table = (...regions: string[]) => ({
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: { ...tableOf('Global'), Replicas: regions.map((Region) => ({ Region })) },
      },
    });
    await stack(at, 'global', table(homeRegion, 'eu-west-1'));
    const made = await streamArn();
    if (made === undefined) return false;
    const Key = { id: { S: 'a' } };
    await replica.send(new PutItemCommand({ TableName: 'Global', Item: Key }));
    const TemplateBody = JSON.stringify({ Resources: table(homeRegion, 'eu-west-1', 'eu-west-2') });
    await at.cloudFormation(homeRegion).send(new UpdateStackCommand({ StackName: 'global', TemplateBody }));
    await stackAtRest(at.cloudFormation(homeRegion), 'global');
    const added = new DynamoDBClient(aws.clientConfig('eu-west-2'));
    const { Item } = await added.send(new GetItemCommand({ TableName: 'Global', Key }));
    await unstack(at, 'global');
    return Item !== undefined && (await streamArn()) === undefined;
  },
  buckets_are_encrypted: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const byDefault = { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true };
    const BucketEncryption = { ServerSideEncryptionConfiguration: [byDefault] };
    await stack(at, 'encrypted', bucketResource('encrypted', { BucketEncryption }));
    await s3(aws).send(new PutObjectCommand({ Bucket: 'encrypted', Key: 'a', Body: 'a' }));
    const head = await s3(aws).send(new HeadObjectCommand({ Bucket: 'encrypted', Key: 'a' }));
    return head.ServerSideEncryption === 'aws:kms';
  },
  buckets_have_lifecycles: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const Rules = [{ Id: 'Old', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 3 } }];
    await stack(at, 'lifecycle', bucketResource('lifecycle', { LifecycleConfiguration: { Rules } }));
    const asked = s3(aws).send(new GetBucketLifecycleConfigurationCommand({ Bucket: 'lifecycle' }));
    return asked.then(
      ({ Rules = [] }) => Rules[0]?.NoncurrentVersionExpiration?.NoncurrentDays === 3,
      (error: Error) => {
        if (error.name !== 'NoSuchLifecycleConfiguration') throw error;
        return false;
      },
    );
  },
  tables_keep_their_names: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const Table = { Type: 'AWS::DynamoDB::Table', Properties: tableOf('Taken') };
    await stack(at, 'first', { Table });
    return stack(at, 'taken', { Table }).then(
      () => false,
      (error: Error) => error.message.includes('already exists'),
    );
  },
  dashboards_have_dates: async (aws) => {
    const client = new CloudWatchClient(aws.clientConfig(homeRegion));
    const DashboardBody = JSON.stringify({ widgets: [] });
    await client.send(new PutDashboardCommand({ DashboardName: 'dated', DashboardBody }));
    return client.send(new ListDashboardsCommand({})).then(
      ({ DashboardEntries }) => DashboardEntries?.[0]?.LastModified instanceof Date,
      () => false,
    );
  },
  failed_resources_are_operation_events: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const Table = { Type: 'AWS::DynamoDB::Table', Properties: tableOf('Wanted') };
    await stack(at, 'has', { Table });
    await expect(stack(at, 'broken', { Table })).rejects.toThrow();
    const describe = new DescribeEventsCommand({ StackName: 'broken', Filters: { FailedEvents: true } });
    const { OperationEvents = [] } = await at.cloudFormation(homeRegion).send(describe);
    return OperationEvents.some(({ LogicalResourceId }) => LogicalResourceId === 'Table');
  },
  full_buckets_stay: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    await stack(at, 'full', bucketResource('full'));
    await s3(aws).send(new PutObjectCommand({ Bucket: 'full', Key: 'a', Body: 'a' }));
    await unstack(at, 'full').catch(() => undefined);
    return (await findStack(at.cloudFormation(homeRegion), 'full'))?.StackStatus === 'DELETE_FAILED';
  },
  functions_are_apart_by_region: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const counts = 'globalThis.calls = (globalThis.calls ?? 0) + 1; return globalThis.calls';
    await stack(at, 'apart', { ...role('Apart'), Function: lambda('apart', 'Apart', counts) });
    await invoke(at, 'apart', homeRegion);
    await stack(at, 'apart', { Function: lambda('apart', 'Apart', counts) }, 'eu-west-1');
    return (await invoke(at, 'apart', homeRegion)) === '2'; // the same process still
  },
  queries_are_saved: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    const Properties = { Name: 'all', QueryString: 'fields @message' };
    const Resources = { Query: { Type: 'AWS::Logs::QueryDefinition', Properties } };
    return stack(at, 'queries', Resources).then(
      () => true,
      (error: Error) => {
        if (!error.message.includes('AWS::Logs::QueryDefinition')) throw error;
        return false;
      },
    );
  },
  sessions_are_principals_by_their_role: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    await stack(at, 'guest', { ...role('Guest'), Function: lambda('guest', 'Guest', returnsCredentials) });
    await bucket(aws, 'closed');
    const Statement = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject*',
      Resource: 'arn:aws:s3:::closed/*',
      Condition: { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${accountId}:role/Gue*` } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await s3(aws).send(new PutBucketPolicyCommand({ Bucket: 'closed', Policy }));
    const put = { Bucket: 'closed', Key: 'a', Body: 'text' };
    const guest = await inRole(aws, 'guest');
    const answers = [s3(aws), guest].map((client) => statusOf(client.send(new PutObjectCommand(put))));
    return (await Promise.all(answers)).join() === '403,200';
  },
  lists_encode_their_keys: async (aws) => {
    const at = { Bucket: await bucket(aws, 'lists'), Key: 'a+b ü' };
    await s3(aws).send(new PutObjectCommand({ ...at, Body: 'text' }));
    await s3(aws).send(new CreateMultipartUploadCommand(at));
    const list = { Bucket: at.Bucket, EncodingType: 'url' as const };
    const { Versions = [] } = await s3(aws).send(new ListObjectVersionsCommand(list));
    const { Uploads = [] } = await s3(aws).send(new ListMultipartUploadsCommand(list));
    return [...Versions, ...Uploads].map(({ Key }) => Key).join() === 'a%2Bb%20%C3%BC,a%2Bb%20%C3%BC';
  },
  wildcards_match_line_feeds_too: (aws) => mayPut(aws, 'feeds', 'line\nfeed'),
  keys_of_slashes_are_keys: (aws) => mayPut(aws, 'slashes', '//'),
  batches_of_sqs_need_the_action_of_one: async (aws) => {
    const at = connect(homeRegion, aws.clientConfig);
    await stack(at, 'batches', { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'batches' } } });
    const credentials = await userWho(aws, 'sender', 'sqs:SendMessage');
    const QueueUrl = `https://sqs.${homeRegion}.amazonaws.com/${accountId}/batches`;
    const Entries = [{ Id: '1', MessageBody: 'text' }];
    const sender = new SQSClient({ ...aws.clientConfig(homeRegion), credentials });
    const sent = sender.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    return sent.then(
      ({ Successful }) => Successful?.length === 1,
      (error: Error) => {
        if (error.name !== 'AccessDenied') throw error;
        return false;
      },
    );
  },
};

// --- what the behaviours are tried on ---

const s3 = (aws: EmbeddedAws) => new S3Client(aws.clientConfig(homeRegion));
const sqs = (aws: EmbeddedAws) => new SQSClient(aws.clientConfig(homeRegion));

/** Whether a user who may put any object of a bucket may put that one. */
async function mayPut(aws: EmbeddedAws, Bucket: string, Key: string): Promise<boolean> {
  await bucket(aws, Bucket);
  const credentials = await userWho(aws, Bucket, 's3:PutObject', `arn:aws:s3:::${Bucket}/*`);
  const client = new S3Client({ ...aws.clientConfig(homeRegion), credentials });
  return (await statusOf(client.send(new PutObjectCommand({ Bucket, Key, Body: 'text' })))) === 200;
}

/** Calls S3 in the role of a function that returns its credentials. */
async function inRole(aws: EmbeddedAws, functionName: string): Promise<S3Client> {
  const at = connect(homeRegion, aws.clientConfig);
  const credentials = JSON.parse(await invoke(at, functionName, homeRegion));
  return new S3Client({ ...aws.clientConfig(homeRegion), credentials });
}

/** Credentials of a user with one action. */
async function userWho(aws: EmbeddedAws, UserName: string, Action: string, Resource = '*') {
  const iam = new IAMClient(aws.clientConfig(homeRegion));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource }],
  });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'One', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

const statusOf = (call: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<number | undefined> =>
  call.then(
    ({ $metadata }) => $metadata.httpStatusCode,
    (error) => {
      if (error instanceof S3ServiceException) return error.$metadata.httpStatusCode;
      throw error;
    },
  );

async function bucket(aws: EmbeddedAws, Bucket: string): Promise<string> {
  await s3(aws).send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3(aws).send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  return Bucket;
}

/** A bucket that tells a queue of its events; the queue's URL. */
async function bucketWithQueue(aws: EmbeddedAws, name: string): Promise<string> {
  const at = connect(homeRegion, aws.clientConfig);
  await stack(at, name, { ...queue(name), ...openTo('s3.amazonaws.com', name) });
  await bucket(aws, name);
  const Events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectTagging:*'] as const;
  await s3(aws).send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: name,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn: arnOf(name), Events: [...Events] }] },
    }),
  );
  return queueUrlOf(aws, name);
}

interface S3Event {
  eventName: string;
  userIdentity: { principalId: string };
}

async function nextEvent(aws: EmbeddedAws, queueUrl: string): Promise<S3Event> {
  for (let tries = 0; tries < 10; tries++) {
    const message = await receive(aws, queueUrl, 1);
    const record = message?.Body ? JSON.parse(message.Body).Records?.[0] : undefined;
    if (record) return record;
  }
  throw new Error('no event came');
}

const principalOf = async (aws: EmbeddedAws, queueUrl: string): Promise<string> =>
  (await nextEvent(aws, queueUrl)).userIdentity.principalId;

async function receive(
  aws: EmbeddedAws,
  QueueUrl: string,
  WaitTimeSeconds: number,
): Promise<Message | undefined> {
  const { Messages } = await sqs(aws).send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }));
  return Messages?.[0];
}

async function holdsMessages(aws: EmbeddedAws, QueueUrl: string): Promise<boolean> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await sqs(aws).send(command);
  return AttributeNames.some((name) => Attributes[name] !== '0');
}

const queueUrlOf = (aws: EmbeddedAws, name: string) => `${aws.endpoint}/${accountId}/${name}`;
const arnOf = (queueName: string) => `arn:aws:sqs:${homeRegion}:${accountId}:${queueName}`;
const machineArn = (name: string) => `arn:aws:states:${homeRegion}:${accountId}:stateMachine:${name}`;

async function stack(
  at: Connection,
  StackName: string,
  Resources: object,
  region = homeRegion,
): Promise<void> {
  const client = at.cloudFormation(region);
  const TemplateBody = JSON.stringify({ Resources });
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await client.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  await stackAtRest(client, StackName);
}

async function unstack(at: Connection, StackName: string): Promise<void> {
  const client = at.cloudFormation(homeRegion);
  await client.send(new DeleteStackCommand({ StackName }));
  await stackAtRest(client, StackName);
}

async function invoke(at: Connection, FunctionName: string, region: string): Promise<string> {
  const { Payload } = await at.lambda(region).send(new InvokeCommand({ FunctionName }));
  return Buffer.from(Payload ?? []).toString();
}

const allowAll = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const byLambda = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
};
const role = (RoleName: string) => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: byLambda,
      Policies: [{ PolicyName: 'All', PolicyDocument: allowAll }],
    },
  },
});
const lambda = (FunctionName: string, roleName: string, body: string, Timeout = 30) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName,
    Role: `arn:aws:iam::${accountId}:role/${roleName}`,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout,
    Code: { ZipFile: `exports.handler = async (event) => { ${body} };` },
  },
});
const returnsCredentials = `const e = process.env; return {
  accessKeyId: e.AWS_ACCESS_KEY_ID, secretAccessKey: e.AWS_SECRET_ACCESS_KEY, sessionToken: e.AWS_SESSION_TOKEN }`;
const reportsFailure = `return { batchItemFailures: event.Records.map((r) => (
  { itemIdentifier: r.dynamodb.SequenceNumber })) }`;
const queue = (QueueName: string, more: object = {}) => ({
  [QueueName]: { Type: 'AWS::SQS::Queue', Properties: { QueueName, ...more } },
});
const openTo = (Service: string, name: string) => ({
  Policy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: name }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service }, Action: 'sqs:SendMessage', Resource: arnOf(name) },
        ],
      },
    },
  },
});
const tableOf = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
});
/** A table whose stream a function reads, giving up after one retry. */
const streamOf = (name: string, reader: object) => ({
  [`${name}Table`]: { Type: 'AWS::DynamoDB::Table', Properties: tableOf(name) },
  [`${name}Function`]: reader,
  [`${name}Mapping`]: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: `${name}Function` },
      EventSourceArn: { 'Fn::GetAtt': [`${name}Table`, 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: arnOf('Failed') } },
    },
  },
});
const bucketResource = (BucketName: string, more: object = {}) => ({
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName, ...more } },
});
const machine = (StateMachineName: string, state: object) => ({
  MachineRole: role(`${StateMachineName}-machine`).Role,
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName,
      RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
      DefinitionString: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Only',
        States: { Only: state },
      }),
    },
  },
});
