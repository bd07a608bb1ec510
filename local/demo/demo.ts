import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { Listr, type ListrTaskWrapper, PRESET_TIMER } from 'listr2';
import { outputOf, runExecution } from '../../cli/execution';
import type { Installation } from '../../cli/installation';
import { teardown } from '../../cli/teardown';
import { loadTrace, type Trace } from '../../cli/trace/load';
import { copyLargeObjectArn, streamProcessorName } from '../../functions/contracts/names';
import { deployRootStack } from '../deploy';
import { type EmbeddedAws, homeRegion, localFolder, startEmbeddedAws } from '../embedded-aws';
import { type Change, changesOf } from './changes';
import { regionsProgress } from './regions-progress';
import { replicated } from './replicated';
import { type Step, writeReport } from './report';

/**
 * `npm run demo`: the whole life of a set of buckets on an AWS of its own, every change read back in every region. Exits
 * with 0 only if all was as it should be. `--switch-off REGION` breaks replication into a region, to see what a failure
 * looks like; `--patience SECONDS` is how long a region may take.
 */
const { values } = parseArgs({
  options: { 'switch-off': { type: 'string' }, patience: { type: 'string', default: '60' } },
});
const patience = Number(values.patience) * 1000;
const baseName = 'demo';
const regions = ['us-west-2', 'eu-west-1', 'ap-southeast-1'] as const;
type Task = ListrTaskWrapper<object, never, never>;

let aws: EmbeddedAws | undefined;
let mars: Installation;
const report = join(localFolder, 'demo-report.html');
const done: Step[] = [];
const traces: Trace[] = [];
const ready = () => mars;

const steps = new Listr(
  [
    {
      title: 'Start an AWS on this machine',
      task: async (_, task) => {
        aws = await startEmbeddedAws({ waitScale: 0.05 });
        task.title += `: ${aws.endpoint}`;
      },
    },
    {
      title: `Deploy the root stack to ${homeRegion}`,
      task: async () => {
        mars = await deployRootStack(aws as EmbeddedAws);
      },
    },
    {
      title: `Create buckets in ${regions.length} regions`,
      task: (_, task) => create(task as unknown as Task),
    },
    {
      title: 'Change objects, and read them back in every region',
      task: async (_, task) => {
        const changes = await changesOf(ready(), baseName, regions);
        return task.newListr(
          changes.map((change) => ({
            title: `${change.region}: ${change.title}`,
            task: (_context, subtask) => follow(change, subtask as unknown as Task),
          })),
        );
      },
    },
    { title: 'Delete the buckets', task: remove },
    {
      title: 'Uninstall',
      task: async (_, task) => {
        const keys = await teardown(ready(), (line) => {
          task.output = line;
        });
        task.title += `: what stays are ${keys.length} KMS keys in their waiting period`;
      },
    },
  ],
  {
    rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
    fallbackRenderer: 'simple',
    fallbackRendererOptions: { timer: PRESET_TIMER },
  },
);

async function create(task: Task): Promise<void> {
  const input = { BaseName: baseName, Regions: regions.join(', ') };
  const start = performance.now();
  let told = '';
  const ended = await runExecution(mars.sfn(homeRegion), mars.createArn, input, async () => {
    const progress = await regionsProgress(mars, baseName, regions);
    if (progress !== told) task.output = progress;
    told = progress;
  });
  traces.push(await loadTrace(mars, ended.executionArn));
  outputOf(ended);
  const title = `create buckets in ${regions.join(', ')}`;
  done.push({ title, milliseconds: performance.now() - start, verified: [] });
  if (values['switch-off']) await switchOff(values['switch-off']);
}

async function switchOff(region: string): Promise<void> {
  const lambda = mars.lambda(region);
  const list = new ListEventSourceMappingsCommand({ FunctionName: streamProcessorName });
  const { EventSourceMappings = [] } = await lambda.send(list);
  for (const { UUID } of EventSourceMappings) {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  }
}

async function follow(change: Change, task: Task): Promise<void> {
  const start = performance.now();
  await change.make();
  const set = { baseName, regions };
  const verified: Step['verified'] = [];
  const seconds = new Map<string, string>(); // of a region: until it showed the last of the keys
  const made = performance.now();
  for (const [key, expected] of change.shows) {
    await replicated(mars, set, key, expected, patience, (region) => {
      const milliseconds = performance.now() - made;
      verified.push({ region, key, milliseconds });
      seconds.set(region, `${region} ${(milliseconds / 1000).toFixed(1)} s`);
      task.output = `${verified.length} of ${change.shows.length * regions.length}: ${[...seconds.values()].join(', ')}`;
    });
  }
  const { title, region } = change;
  done.push({ title, region, milliseconds: performance.now() - start, verified });
  task.title += ` - verified: ${[...seconds.values()].join(', ')}`;
}

async function remove(): Promise<void> {
  const start = performance.now();
  for (const region of regions) {
    const stateMachineArn = copyLargeObjectArn(region, mars.accountId);
    const { executions = [] } = await mars.sfn(region).send(new ListExecutionsCommand({ stateMachineArn }));
    for (const { executionArn = '' } of executions) traces.push(await loadTrace(mars, executionArn));
  }
  const input = { BaseName: baseName, EmptyBuckets: true };
  const ended = await runExecution(mars.sfn(homeRegion), mars.deleteArn, input);
  traces.push(await loadTrace(mars, ended.executionArn));
  outputOf(ended);
  done.push({ title: 'delete the buckets', milliseconds: performance.now() - start, verified: [] });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void aws?.stop().then(() => process.exit(130)));
}
try {
  await steps.run();
  await writeReport(report, done, traces);
  console.log(`Everything was verified in every region. Report, with the workflows drawn: ${report}`);
} catch {
  process.exitCode = 1; // the step that failed has said why
} finally {
  await aws?.stop();
}
