import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import aslValidator from 'asl-validator';
import * as z from 'zod';
import {
  abortInput,
  completeInput,
  copyInput,
  copyPartsInput,
  endUploadInput,
} from '../../functions/contracts/copy';
import { errorNames } from '../../functions/contracts/errors';
import { compareRangeInput, planInput, reconcileRun } from '../../functions/contracts/reconcile';
import { redriveInput } from '../../functions/contracts/redrive';
import {
  bucketContentsInput,
  regionalStackInput,
  stageCodeInput,
  stopReplicationInput,
  validateInputInput,
} from '../../functions/contracts/stacks';
import { statuses } from '../../functions/replication/objects';
import { noArns, orchestrationFunctions } from '../../infra/orchestration';
import { replicationFunctions } from '../../infra/replication';
import { calledBy, definitionOf } from '../../infra/state-machine';
import { comparison, run } from './samples';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'statemachines');
const files = readdirSync(folder).map((file) => file.replace('.asl.json', ''));

interface State {
  Type: string;
  Resource?: string;
  Comment?: string;
  Arguments?: { FunctionName: string; Payload: unknown };
  TimeoutSeconds?: number;
  Retry?: { ErrorEquals: string[] }[];
  Catch?: { ErrorEquals: string[] }[];
  ItemProcessor?: { States: Record<string, State> };
}

const statesOf = (states: Record<string, State>): [string, State][] =>
  Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);
const parse = (file: string): { States: Record<string, State> } =>
  JSON.parse(readFileSync(join(folder, `${file}.asl.json`), 'utf8'));
const allTasks = files.flatMap((file) =>
  statesOf(parse(file).States)
    .filter(([, { Type }]) => Type === 'Task')
    .map(([name, state]) => [file, name, state] as const),
);
const isCall = ({ Resource }: State) => Resource === 'arn:aws:states:::lambda:invoke';
const tasks = allTasks.filter(([, , state]) => isCall(state));

/** What Step Functions recommends to retry (its Developer Guide, "Handle transient Lambda service exceptions"), and throttling. */
const transient = [
  'ServiceException',
  'AWSLambdaException',
  'SdkClientException',
  'TooManyRequestsException',
].map((name) => `Lambda.${name}`);
/** The execution was not started, so to try again repeats nothing. */
const notStarted = ['StepFunctions.ExecutionLimitExceeded', 'StepFunctions.ThrottlingException'];

/** What each function takes, by the name it has in the definitions. */
const inputs: Record<string, { safeParse: (value: unknown) => { success: boolean; error?: unknown } }> = {
  ValidateInput: validateInputInput,
  RegionalStack: regionalStackInput,
  StageCode: stageCodeInput,
  BucketContents: bucketContentsInput,
  StopReplication: stopReplicationInput,
  PrepareCopy: copyInput,
  CopyParts: copyPartsInput,
  CompleteCopy: completeInput,
  AbortCopy: abortInput,
  EndUpload: endUploadInput,
  EndOrphans: z.strictObject({}),
  PlanReconcile: planInput,
  CompareRange: compareRangeInput,
  SummariseReconcile: reconcileRun,
  RedriveRegion: redriveInput,
};

test.each(files)('%s is valid Amazon States Language', (file) => {
  const { isValid, errors } = aslValidator(parse(file));
  expect(errors).toEqual([]);
  expect(isValid).toBe(true);
});

test.each(files)('%s calls functions that exist, and only those', (file) => {
  const exist = [...orchestrationFunctions(noArns), ...replicationFunctions].map(({ id }) => id);
  exist.push('MARSReconcile', 'MARSRollBack'); // state machines, which others start
  expect(exist).toEqual(expect.arrayContaining(calledBy(definitionOf(file))));
});

test.each(allTasks)('%s, "%s": a comment, a time-out, and retries of what passes', (_, __, state) => {
  expect(state.Comment).toBeTruthy();
  expect(state.TimeoutSeconds).toBeGreaterThan(0);
  const retried = state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];
  const all = ['States.ALL', 'States.TaskFailed'];
  if (!retried.some((name) => all.includes(name)))
    expect(retried).toEqual(expect.arrayContaining(isCall(state) ? transient : notStarted));
});

/** Optimized integrations that state machines may use; each has its permissions in the machine's role. */
const integrations = ['lambda:invoke', 'states:startExecution', 'states:startExecution.sync:2'];
test.each(allTasks)('%s, "%s": a kind of task that roles have permissions for', (_, __, state) => {
  expect(integrations.map((name) => `arn:aws:states:::${name}`)).toContain(state.Resource);
});

test.each(tasks)('%s, "%s": the payload that its function takes', (_, __, state) => {
  const called = /^\$\{(\w+)\}$/.exec(state.Arguments?.FunctionName ?? '')?.[1] ?? '';
  expect(inputs[called]?.safeParse(sample(state.Arguments?.Payload, called))).toMatchObject({
    success: true,
  });
});

/** The payload with a value of the right type for each expression. */
const values: Record<string, unknown> = {
  $copy: {
    BaseName: 'pictures',
    Key: 'a',
    Attempt: 1,
    Item: { origin: 'us-west-2', time: 1, kind: 'put' },
  },
  $regions: ['us-west-2', 'eu-west-1'],
  $allRegions: ['us-west-2', 'eu-west-1'],
  $setRegions: ['us-west-2', 'eu-west-1'],
  $journalRegions: ['us-west-2', 'eu-west-1'],
  $journalAction: 'Update',
  '$not($isGrowing)': true,
  "$isGrowing ? 'Update' : 'Ensure'": 'Ensure',
  "$isShrinking ? 'Update' : 'Remove'": 'Remove',
  "$substringAfter($states.context.StateMachine.Name, 'MARS-')": 'AddRegion',
  $partSize: 8_388_608,
  '$states.input.Batch': { First: 1, Last: 2 },
  '$states.context.State.RetryCount > 0': false,
  '$exists($states.input.Deletions) ? $states.input.Deletions : 0': 0,
  $since: '2026-01-01T00:00:00.000Z',
  $emptyBuckets: false,
};
/** Those that are handed on as they are, by the function that takes them. */
const handedOn: Record<string, unknown> = {
  PlanReconcile: comparison,
  CompareRange: { Run: run, Range: { After: 'a' }, Index: 0, Part: 0, Counts: {} },
  SummariseReconcile: run,
  RedriveRegion: {
    BaseName: 'pictures',
    Region: 'us-west-2',
    Scope: { Prefix: '' },
    Keys: 0,
    Messages: 0,
    Listed: false,
    Done: false,
  },
};
const byField: Record<string, string> = {
  BaseName: 'pictures',
  Region: 'us-west-2',
  Execution: 'arn:aws:states:us-west-2:111122223333:execution:name',
  Failed: 'arn:aws:states:us-west-2:111122223333:execution:name',
};
function sample(payload: unknown, called: string, field = ''): unknown {
  if (typeof payload === 'string') {
    const expression = /^\{% (.*) %\}$/.exec(payload)?.[1];
    if (expression === '$states.input') return handedOn[called] ?? 'text';
    return expression === undefined ? payload : (values[expression] ?? byField[field] ?? 'text');
  }
  if (typeof payload !== 'object' || payload === null) return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [name, sample(value, called, name)]),
  );
}

test.each(['MARS-CreateMARSBucket', 'MARS-DeleteMARSBucket'])(
  '%s ends in every error that we name',
  (file) => {
    for (const name of errorNames) expect(definitionOf(file)).toContain(name);
  },
);

const sources = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(root, 'functions', file), 'utf8'));
const thrown = sources.flatMap((source) =>
  [...source.matchAll(/override readonly name = '(\w+)'/g)].map(([, name = '']) => name),
);
const named = (states: [string, State][]) =>
  states.flatMap(([, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
  );

test.each(files)('%s names errors that there are', (file) => {
  const there = [...thrown, ...Object.keys(statuses), 'ZodError'];
  const ours = named(statesOf(parse(file).States)).filter(
    (name) => !/^(States|Lambda|StepFunctions)\./.test(name),
  );
  expect(there).toEqual(expect.arrayContaining(ours));
});
