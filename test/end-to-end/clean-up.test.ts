import { randomBytes } from 'node:crypto';
import { CreateMultipartUploadCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { runExecution } from '../../cli/execution';
import type { Installation } from '../../cli/installation';
import { type CopyInput, type CopyRow, copyRow } from '../../functions/contracts/copy';
import {
  bucketName,
  cleanUpCopyName,
  copyLargeObjectArn,
  multiPartUploadTable,
  prepareCopyName,
  stateMachineArnOf,
  sweepCopiesName,
} from '../../functions/contracts/names';
import { copyId } from '../../functions/large/copy-rows';
import { sha256 } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { endedCopies, uploadsIn } from './copies';
import { type BucketSet, createSet, installed, named, patience, removeSet, until } from './mars';

const set: BucketSet = { baseName: named('clean-up'), regions: ['us-west-2', 'eu-central-1'] };
const [source, target] = set.regions;
const Bucket = bucketName(set.baseName, target);
let mars: Installation;

beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterAll(() => removeSet(mars, set));

const machineArn = (name: string) => stateMachineArnOf(name, target, mars.accountId);

const uploads = () => uploadsIn(mars, set, target);

test('a copy that somebody stops is cleaned up, and made again', async () => {
  const Body = randomBytes(100 * 2 ** 20);
  const object = { Bucket: bucketName(set.baseName, source), Key: 'stopped', Body, ContentType: 'video/mp4' };
  await mars.s3(source).send(new PutObjectCommand(object));
  const stateMachineArn = copyLargeObjectArn(target, mars.accountId);
  const executionArn = await until('a running copy', async () => {
    const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' });
    return (await mars.sfn(target).send(list)).executions?.[0]?.executionArn;
  });
  const begun = await until('an upload', async () => (await uploads())[0]);
  expect(begun.Initiator?.ID).toContain(`:assumed-role/${prepareCopyName}-Role/`); // as the sweep knows it
  await mars.sfn(target).send(new StopExecutionCommand({ executionArn }));
  const seen = { sha256: sha256(Body), bytes: Body.length, contentType: 'video/mp4', metadata: {}, tags: {} };
  await replicated(mars, set, 'stopped', seen, patience);
  expect(await endedCopies(mars, set, 'stopped')).toMatchObject([{ Status: 'Complete', Attempt: 2 }]);
});

/** A copy that was begun, of which no execution runs any more. */
async function abandoned(key: string): Promise<{ copy: CopyInput; CopyId: string }> {
  const place = { baseName: set.baseName, key };
  const Item = { origin: source, time: 1, kind: 'put' as const, versionId: 'gone', size: 2e7 };
  const CopyId = copyId(place, Item);
  const { UploadId } = await mars.s3(target).send(new CreateMultipartUploadCommand({ Bucket, Key: key }));
  const row: CopyRow = {
    CopyId,
    BaseName: set.baseName,
    Key: key,
    Origin: source,
    Status: 'InProgress',
    Attempt: 1,
    UploadId,
    Bytes: 2e7,
    Parts: 3,
    PartsDone: 1,
    Started: new Date().toISOString(),
    revision: 1,
  };
  await mars.db(target).send(new PutCommand({ TableName: multiPartUploadTable, Item: row }));
  return { copy: { BaseName: set.baseName, Key: key, Item, Attempt: 1 }, CopyId };
}

const rowAt = async (CopyId: string) => {
  const command = new GetCommand({ TableName: multiPartUploadTable, Key: { CopyId }, ConsistentRead: true });
  return copyRow.parse((await mars.db(target).send(command)).Item);
};

test.each(['TIMED_OUT', 'ABORTED', 'FAILED'])('the event of %s, as AWS documents it', async (status) => {
  const key = `ended ${status}`;
  const { copy, CopyId } = await abandoned(key);
  const event = {
    version: '0',
    id: '315c1398-40ff-a850-213b-158f73e60175',
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: mars.accountId,
    time: '2026-02-26T19:42:21Z',
    region: target,
    resources: [copyLargeObjectArn(target, mars.accountId)],
    detail: {
      executionArn: `${machineArn('MARS-CopyLargeObject')}:${CopyId}-1`,
      stateMachineArn: copyLargeObjectArn(target, mars.accountId),
      name: `${CopyId}-1`,
      status,
      startDate: 1551225146847,
      stopDate: 1551225151881,
      input: JSON.stringify(copy),
      output: null,
      inputDetails: { included: true },
      outputDetails: null,
      ...(status === 'FAILED' && { error: 'States.Runtime', cause: 'an expression failed' }),
    },
  };
  const start = { stateMachineArn: machineArn(cleanUpCopyName), input: JSON.stringify(event) };
  await mars.sfn(target).send(new StartExecutionCommand(start));
  const Reason = status === 'FAILED' ? 'FAILED: States.Runtime: an expression failed' : status;
  expect(await endedCopies(mars, set, key)).toMatchObject([{ Status: 'Failed', Reason }]);
});

/** The clean-up of a copy, by the copy's id, and the states that it has been in. */
async function cleanUpOf(
  CopyId: string,
): Promise<{ status: string | undefined; states: string[] } | undefined> {
  const list = new ListExecutionsCommand({ stateMachineArn: machineArn(cleanUpCopyName) });
  for (const { executionArn = '' } of (await mars.sfn(target).send(list)).executions ?? []) {
    const { input = '', status } = await mars
      .sfn(target)
      .send(new DescribeExecutionCommand({ executionArn }));
    if (!input.includes(CopyId)) continue;
    const { events = [] } = await mars.sfn(target).send(new GetExecutionHistoryCommand({ executionArn }));
    return { status, states: events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []) };
  }
  return undefined;
}

test('a copy of whose end no event tells is closed by the sweep', async () => {
  const { copy, CopyId } = await abandoned('unheard');
  const before = await rowAt(CopyId);
  // Its source is not there: it fails, and its row tells so. Then, as if nobody had told:
  const start = { stateMachineArn: copyLargeObjectArn(target, mars.accountId), name: `${CopyId}-1` };
  await mars.sfn(target).send(new StartExecutionCommand({ ...start, input: JSON.stringify(copy) }));
  await until('a clean-up that only waits', async () =>
    (await cleanUpOf(CopyId))?.states.includes('Outwait its functions') ? true : undefined,
  );
  // Somebody's own idea of an input: it fails, visibly, and holds up no sweep.
  const { stateMachineArn } = start;
  expect(await runExecution(mars.sfn(target), stateMachineArn, { copy: 'all' })).toMatchObject({
    error: 'ZodError',
  });
  await mars.db(target).send(new PutCommand({ TableName: multiPartUploadTable, Item: before }));
  const swept = await runExecution(mars.sfn(target), machineArn(sweepCopiesName), {});
  expect(swept).toMatchObject({ status: 'SUCCEEDED', output: { Copies: 1, Uploads: 0 } });
  expect(await rowAt(CopyId)).toMatchObject({
    Status: 'Failed',
    Reason: `FAILED: SourceGone: version gone is gone from ${source}: and no event told of it`,
  });
});

test('the clean-up outwaits the functions of what was stopped, ends the upload once more, and ends', async () => {
  const [copy] = await endedCopies(mars, set, 'stopped');
  const ended = await until('its end', async () => {
    const cleanUp = await cleanUpOf(`${copy?.CopyId}-1`);
    return cleanUp?.status === 'SUCCEEDED' ? cleanUp : undefined;
  });
  const [last, ...before] = ended.states.toReversed();
  expect(last).toBe('Clean');
  expect(before).toEqual(expect.arrayContaining(['Outwait its functions', 'End the upload once more']));
});
