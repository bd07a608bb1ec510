import { randomBytes } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { Installation } from '../../cli/installation';
import { bucketName, copyLargeObjectArn } from '../../functions/contracts/names';
import { planParts } from '../../functions/large/parts';
import { replicationFunctions } from '../../infra/replication';
import { sha256 } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { deployRootStack, environmentOf } from '../../local/deploy';
import { startEmbeddedAws } from '../../local/embedded-aws';
import { callThrough, faultyProxy } from '../end-to-end/faulty-proxy';
import { type BucketSet, createSet } from '../end-to-end/mars';
import { OneLarge } from '../simulation/one-large';
import { type Benchmark, enter, type Table } from './table';

/** What one large object costs per destination. */
interface Cost {
  'S3 calls': number;
  /** Of the destination's functions; that of StreamProcessor, which starts the copy, is shared with other records. */
  invocations: number;
  transitions: number;
}

const sizes = { '100 MB': 1e8, '1 GB': 1e9, '1 TB': 1e12, '50 TB': 5e13 };
const measured = ['100 MB', '1 GB'];
const set: BucketSet = { baseName: 'bench', regions: ['us-west-2', 'eu-west-1'] };
const [source, target] = set.regions;
const Key = 'large';

/**
 * Calculated from the plan of parts; counted in the simulation, with the functions and the state machine as they are; and
 * for sizes that fit it measured on an embedded AWS.
 */
export const large: Benchmark = async () => {
  const table: Table = {};
  for (const [name, size] of Object.entries(sizes)) {
    const { parts } = planParts(size);
    enter(table, name, { parts });
    enter(table, name, calculated(size), ', calculated');
    enter(table, name, await simulated(size), ', simulated');
    if (measured.includes(name)) enter(table, name, await onEmbeddedAws(size), ', measured');
    const most = { 'S3 calls': parts + parts / 1000 + 8, transitions: parts / 25 + 10 };
    enter(table, name, most, ', at most');
  }
  return table;
};

/**
 * S3: look, HEAD of the source, begin, the parts, their list, HEAD, complete, HEAD. Functions: prepare, batches,
 * complete. States: remember, prepare, the Map, its batches, complete, the choice, the end.
 */
function calculated(size: number): Cost {
  const { parts, batches } = planParts(size);
  return {
    'S3 calls': 1 + 1 + 1 + parts + Math.ceil(parts / 1000) + 3,
    invocations: batches.length + 2,
    transitions: batches.length + 6,
  };
}

async function simulated(size: number): Promise<Cost> {
  const one = new OneLarge();
  one.put(size);
  await one.run();
  if (one.shown !== 'large') throw new Error('it was not copied');
  const { invocations, transitions } = one.world.at(one.away).machines.copies;
  return { 'S3 calls': one.callsToS3, invocations, transitions };
}

async function onEmbeddedAws(size: number): Promise<Omit<Cost, 'transitions'>> {
  const aws = await startEmbeddedAws({ waitScale: 0.05 });
  Object.assign(process.env, environmentOf(aws));
  const proxy = await faultyProxy();
  try {
    const mars = await deployRootStack(aws);
    await createSet(mars, set);
    const names = replicationFunctions
      .map(({ name }) => name)
      .filter((name) => !name.endsWith('QueueProcessor'));
    await callThrough(mars.lambda(target), names, proxy.endpoint);
    let calls = 0;
    proxy.fault = ({ url }) => {
      if (url?.startsWith('/mars-')) calls++; // buckets are paths here; the other services are not
      return undefined;
    };
    const Body = randomBytes(size);
    const object = { Bucket: bucketName(set.baseName, source), Key, Body, ContentType: 'video/mp4' };
    await mars.s3(source).send(new PutObjectCommand(object));
    const seen = { sha256: sha256(Body), bytes: size, contentType: 'video/mp4', metadata: {}, tags: {} };
    await replicated(mars, set, Key, seen, 600_000);
    return { 'S3 calls': calls, invocations: await invocationsOf(mars) };
  } finally {
    await proxy.close();
    await aws.stop();
  }
}

/** Of the one execution, once it has ended. (Its history does not tell of states inside a Map: they are not counted here.) */
async function invocationsOf(mars: Installation): Promise<number> {
  const stateMachineArn = copyLargeObjectArn(target, mars.createArn.split(':')[4] ?? '');
  for (;;) {
    const { executions = [] } = await mars.sfn(target).send(new ListExecutionsCommand({ stateMachineArn }));
    if (executions.length !== 1) throw new Error(`${executions.length} executions instead of one`);
    if (executions[0]?.status === 'RUNNING') continue;
    const { executionArn } = executions[0] ?? {};
    const { events = [] } = await mars.sfn(target).send(new GetExecutionHistoryCommand({ executionArn }));
    return events.filter(({ type }) => type === 'TaskScheduled').length;
  }
}
