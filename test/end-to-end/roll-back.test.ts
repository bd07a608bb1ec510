import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { startExecution, waitForEnd } from '../../cli/execution';
import type { Installation } from '../../cli/installation';
import { removeBase } from '../../cli/remove-base';
import { stackAtRest } from '../../cli/stacks';
import { findStack, parameterOf } from '../../functions/common/cloudformation';
import {
  bucketName,
  multiPartUploadTable,
  reportsBucketName,
  stackNames,
  templateParameter,
} from '../../functions/contracts/names';
import { executionTag } from '../../functions/regional-stack/advance';
import { resourcesIn } from './account';
import {
  addRegions,
  causeOf,
  create,
  createSet,
  installed,
  named,
  remove,
  removeSet,
  takeName,
  untilSo,
} from './mars';

/** Regions that no other test uses: so what is there is these tests', the base resources too. */
const regions: [string, string, string] = ['eu-west-3', 'eu-south-1', 'af-south-1'];
const Regions = regions.join(', ');
const [first, second] = regions;

let mars: Installation;
let before: string[];
beforeAll(async () => {
  mars = await installed();
  before = await resourcesIn(mars, regions);
});

/** What is there now and was not before, or the other way round. */
async function differences(): Promise<string[]> {
  const now = await resourcesIn(mars, regions);
  const more = now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [...more, ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`)];
}

const start = (arn: string, input: object) => startExecution(mars.sfn(mars.homeRegion), arn, input);
const ended = (executionArn: string) => waitForEnd(mars.sfn(mars.homeRegion), executionArn);
const isThere = async (region: string, name: string) =>
  (await findStack(mars.cloudFormation(region), name)) !== undefined;
const take = (baseName: string, region: string) =>
  takeName(mars.s3(region), region, bucketName(baseName, region));
const giveBack = (baseName: string, region: string) =>
  mars.s3(region).send(new DeleteBucketCommand({ Bucket: bucketName(baseName, region) }));

/** It has made all that it was asked for, so that no end of it rolls anything back. */
async function isCommitted(executionArn: string): Promise<boolean> {
  const Bucket = reportsBucketName(mars.accountId, mars.homeRegion);
  const commits = new ListObjectsV2Command({ Bucket, Prefix: `commits/${executionArn}` });
  return (await mars.s3(mars.homeRegion).send(commits)).KeyCount === 1;
}

const removeBases = () => Promise.all(regions.map((region) => removeBase(region, mars, mars)));

afterEach(async () => expect(await differences()).toEqual([]));

test.each([
  ['bases are made', 'base', () => isThere(first, stackNames.base)],
  ['the journal is made', 'journal', () => isThere(first, stackNames.journal(named('stop-journal')))],
  ['buckets are made', 'bucket', () => isThere(second, stackNames.bucket(named('stop-bucket')))],
])('stopped while %s, all that was made goes', async (_, what, isMade) => {
  const set = { baseName: named(`stop-${what}`), regions };
  for (;;) {
    const execution = await start(mars.createArn, { BaseName: set.baseName, Regions });
    await untilSo('made', isMade);
    await mars.sfn(mars.homeRegion).send(new StopExecutionCommand({ executionArn: execution }));
    await ended(execution);
    if (!(await isCommitted(execution))) {
      // Nobody builds on what is about to go.
      if (what !== 'base')
        expect(await addRegions(mars, set, 'us-east-1')).toMatchObject({ error: 'BaseNameInUse' });
      break;
    }
    await removeSet(mars, set); // it was faster: all is made, and stays
    await removeBases();
  }
  await untilSo('rolled back', async () => (await differences()).length === 0);
});

test('of two at once for one name, one wins, the other is refused', async () => {
  const baseName = named('twice');
  const both = await Promise.all(
    [Regions, regions.toReversed().join()].map((list) => create(mars, { BaseName: baseName, Regions: list })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(['FAILED', 'SUCCEEDED']);
  const loser = both.find(({ status }) => status === 'FAILED');
  expect(loser).toMatchObject({ error: 'BaseNameInUse' });
  await removeSet(mars, { baseName, regions });
  await removeBases();
});

test('a set is made while another one rolls back the bases', async () => {
  await take(named('loser'), second);
  const losing = await start(mars.createArn, { BaseName: named('loser'), Regions });
  await untilSo('a bucket', () => isThere(second, stackNames.bucket(named('loser'))));
  const winner = await create(mars, { BaseName: named('winner'), Regions });
  expect(winner).toMatchObject({ status: 'SUCCEEDED' });
  expect(await ended(losing)).toMatchObject({ status: 'FAILED', error: 'RegionFailed' });
  await giveBack(named('loser'), second);
  await removeSet(mars, { baseName: named('winner'), regions });
  await removeBases();
});

describe('a base stack that', () => {
  const set = { baseName: named('base'), regions: [first, second] as [string, string] };
  const client = () => mars.cloudFormation(second);
  const StackName = stackNames.base;
  const template = (resource: object) =>
    JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: { Only: resource } });

  test('was left half built is cleared away and built', async () => {
    const broken = {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: `mars-reports-${mars.accountId}-us-east-1` },
    };
    await client().send(new CreateStackCommand({ StackName, TemplateBody: template(broken) }));
    await untilSo(
      'broken',
      async () => (await findStack(client(), StackName))?.StackStatus === 'ROLLBACK_COMPLETE',
    );
    await createSet(mars, set);
    expect((await findStack(client(), StackName))?.StackStatus).toBe('CREATE_COMPLETE');
    await removeSet(mars, set);
    await removeBases();
  });

  test('is of an older version is brought up to date', async () => {
    await createSet(mars, set);
    const old = await findStack(client(), StackName);
    const Parameters = old?.Parameters?.map(({ ParameterKey }) =>
      ParameterKey === 'LagAlarmMilliseconds'
        ? { ParameterKey, ParameterValue: '1000' }
        : { ParameterKey, UsePreviousValue: true },
    );
    await client().send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true, Parameters }));
    await stackAtRest(client(), StackName);
    const other = { baseName: named('base-other'), regions: set.regions };
    await createSet(mars, other);
    const now = await findStack(client(), StackName);
    expect(parameterOf(now, 'LagAlarmMilliseconds')).toBe(parameterOf(old, 'LagAlarmMilliseconds'));
    expect(parameterOf(now, templateParameter)).toMatch(/\.json$/);
    for (const each of [set, other]) await removeSet(mars, each);
    await removeBases();
  });

  test('another execution builds on is not rolled back', async () => {
    await createSet(mars, set);
    await removeSet(mars, set);
    const tags = (await findStack(client(), StackName))?.Tags;
    const maker = tags?.find(({ Key }) => Key === executionTag)?.Value;
    const ask = async (request: object) => {
      const Target = { Kind: 'Base', Region: second, BaseName: set.baseName, Regions: set.regions };
      const Payload = JSON.stringify({ Target, Since: new Date().toISOString(), ...request });
      const invoke = new InvokeCommand({ FunctionName: 'MARS-RegionalStack', Payload });
      const answer = await mars.lambda(mars.homeRegion).send(invoke);
      return JSON.parse(answer.Payload?.transformToString() ?? '');
    };
    expect(await ask({ Action: 'Ensure', Execution: 'arn:another' })).toMatchObject({ Status: 'Complete' });
    const rollBack = { Action: 'RollBack', Execution: maker, Deletions: 0 };
    expect(await ask(rollBack)).toMatchObject({ Status: 'Kept' });
    await removeBases();
  });

  test('is but a change set that nobody executed is refused, with what to do', async () => {
    const TemplateBody = template({ Type: 'AWS::SNS::Topic' });
    const change = { StackName, ChangeSetName: 'never', ChangeSetType: 'CREATE', TemplateBody } as const;
    await client().send(new CreateChangeSetCommand(change));
    const refused = await create(mars, { BaseName: named('base'), Regions: `${first}, ${second}` });
    expect(refused).toMatchObject({ status: 'FAILED', error: 'RegionFailed' });
    expect(causeOf(refused)).toEqual({
      region: second,
      reason: expect.stringContaining(`delete the stack ${StackName}`),
    });
    await client().send(new DeleteStackCommand({ StackName }));
    await untilSo('gone', async () => !(await isThere(second, StackName)));
  });

  test('fails in the middle of region 2 of 3: all goes, but what was there before', async () => {
    const db = mars.db(second);
    await db.send(
      new CreateTableCommand({
        TableName: multiPartUploadTable,
        AttributeDefinitions: [{ AttributeName: 'mine', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'mine', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const failed = await create(mars, { BaseName: named('base'), Regions });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'RegionFailed' });
    const reason = expect.stringContaining(`${multiPartUploadTable}' already exists`);
    expect(causeOf(failed)).toEqual({ region: second, reason });
    expect(await differences()).toEqual([`+ ${second} AWS::DynamoDB::Table ${multiPartUploadTable}`]);
    await db.send(new DeleteTableCommand({ TableName: multiPartUploadTable }));
  });
});

test('neither is a set deleted while it is made, nor made while it is deleted', async () => {
  const baseName = named('both');
  const making = await start(mars.createArn, { BaseName: baseName, Regions });
  await untilSo('a base', () => isThere(first, stackNames.base));
  const early = await remove(mars, { BaseName: baseName });
  expect(early).toMatchObject({ status: 'FAILED', error: 'BaseNameInUse' });
  expect(causeOf(early)).toMatchObject({ expected: expect.stringContaining(making) });
  expect(await ended(making)).toMatchObject({ status: 'SUCCEEDED' });

  const deleting = await start(mars.deleteArn, { BaseName: baseName });
  const journal = () => findStack(mars.cloudFormation(first), stackNames.journal(baseName));
  await untilSo('deleting', async () => (await journal())?.StackStatus !== 'CREATE_COMPLETE');
  const again = await create(mars, { BaseName: baseName, Regions });
  expect(again).toMatchObject({ status: 'FAILED', error: 'BaseNameInUse' });
  expect(await ended(deleting)).toMatchObject({ status: 'SUCCEEDED' });
  await removeBases();
});
