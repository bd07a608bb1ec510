import { ExecutionAlreadyExists, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import pLimit from 'p-limit';
import { evaluate, type Variables } from './jsonata';
import type { Ended as Result } from './lambda';

interface Retry {
  ErrorEquals: string[];
  IntervalSeconds: number;
  BackoffRate: number;
  MaxAttempts: number;
  MaxDelaySeconds?: number;
}

/** The fields of Amazon States Language that CopyLargeObject uses; the model refuses a state of another type. */
interface State {
  Type: string;
  Next?: string;
  End?: true;
  Arguments?: unknown;
  Assign?: unknown;
  Output?: unknown;
  Items?: unknown;
  ItemSelector?: unknown;
  ItemProcessor?: StateMachine;
  MaxConcurrency?: number;
  Choices?: { Condition: string; Next: string; Assign?: unknown }[];
  Default?: string;
  Seconds?: number | string;
  Error?: unknown;
  Cause?: unknown;
  Retry?: Retry[];
  Catch?: { ErrorEquals: string[]; Next: string; Assign?: unknown }[];
}

export interface StateMachine {
  StartAt: string;
  States: Record<string, State>;
}

/** An execution from outside, as status events and DescribeExecution tell it. */
export interface Execution {
  name: string;
  input: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  error?: string;
  cause?: string;
}

/** The execution was ended from outside; what its functions do goes on, and nobody waits for it. */
class Ended extends Error {}

/** A state failed; `name` and `message` are `Error` and `Cause`. */
class StateFailed extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

interface Setting {
  wait: (milliseconds: number) => Promise<void>;
  /** Milliseconds of a retry's delay after full jitter. */
  jitter: (milliseconds: number) => number;
  /** The model itself failed. */
  broken: (error: unknown) => void;
  invoke: (functionName: string, payload: unknown, ended: (ended: Result) => void) => void;
  /** After each end of an execution. */
  ended?: (execution: Execution) => void;
}

/**
 * Step Functions, Standard: runs a definition as its file says it, with JSONata. Sources: Step Functions Developer
 * Guide, "Handling errors" (Retry before Catch, intervals, States.ALL and its exceptions), "Transforming data with
 * JSONata", "Passing data between states with variables"; API Reference, StartExecution (a name is taken while it runs
 * with other input, and for 90 days after). The end-to-end tests run the same file on the embedded AWS.
 */
export class StepFunctions {
  private readonly executions = new Map<string, Execution>();
  /** Of all executions. */
  transitions = 0;
  invocations = 0;

  constructor(
    private readonly machine: StateMachine,
    private readonly setting: Setting,
  ) {}

  /** @throws ExecutionAlreadyExists */
  start(name: string, input: string): void {
    const before = this.executions.get(name);
    if (before?.status === 'RUNNING' && before.input === input) return;
    if (before) throw new ExecutionAlreadyExists({ message: name, $metadata: { httpStatusCode: 400 } });
    const execution: Execution = { name, input, status: 'RUNNING' };
    this.executions.set(name, execution);
    this.run(this.machine, JSON.parse(input), {}, execution).then(
      () => this.end(execution, 'SUCCEEDED'),
      (error: Error) => {
        if (error instanceof Ended) return;
        if (!(error instanceof StateFailed)) this.setting.broken(error);
        Object.assign(execution, { error: error.name, cause: error.message });
        this.end(execution, 'FAILED');
      },
    );
  }

  /** @throws ExecutionDoesNotExist */
  describe(name: string): Execution {
    const execution = this.executions.get(name);
    if (execution) return execution;
    throw new ExecutionDoesNotExist({ message: name, $metadata: { httpStatusCode: 400 } });
  }

  /** The last started first. */
  list(status: string | undefined): Execution[] {
    return [...this.executions.values()].reverse().filter((execution) => execution.status === status);
  }

  /** StopExecution, or a machine's time-out: no state catches it. */
  endAll(status: 'ABORTED' | 'TIMED_OUT'): void {
    for (const execution of this.executions.values()) this.end(execution, status);
  }

  private end(execution: Execution, status: Execution['status']): void {
    if (execution.status !== 'RUNNING') return; // it was ended from outside
    execution.status = status;
    this.setting.ended?.(execution);
  }

  get running(): number {
    return [...this.executions.values()].filter(({ status }) => status === 'RUNNING').length;
  }

  private async run(
    machine: StateMachine,
    input: unknown,
    variables: Variables,
    execution: Execution,
  ): Promise<unknown> {
    let name: string | undefined = machine.StartAt;
    let data = input;
    while (name !== undefined) {
      if (execution.status !== 'RUNNING') throw new Ended();
      this.transitions++;
      const state = machine.States[name] as State;
      let next: { name: string | undefined; output: unknown };
      try {
        next = await this.enter(state, data, variables, execution);
      } catch (error) {
        if (!(error instanceof StateFailed)) throw error;
        const failed = error;
        const caught = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, failed.name));
        if (!caught) throw error;
        const errorOutput = { Error: failed.name, Cause: failed.message };
        const states = { input: data, errorOutput };
        Object.assign(variables, await evaluate(caught.Assign ?? {}, { ...variables, states }));
        next = { name: caught.Next, output: errorOutput };
      }
      name = next.name;
      data = next.output;
    }
    return data;
  }

  private async enter(
    state: State,
    input: unknown,
    variables: Variables,
    execution: Execution,
  ): Promise<{ name: string | undefined; output: unknown }> {
    const at = (value: unknown, more: object = {}) =>
      evaluate(value, { ...variables, states: { input, ...more } });
    const leave = async (result: unknown, { Next, Assign = {}, Output }: Partial<State> = state) => {
      const [assigned, output] = [await at(Assign, { result }), await at(Output, { result })];
      Object.assign(variables, assigned);
      return { name: Next, output: Output === undefined ? (result ?? input) : output };
    };
    switch (state.Type) {
      case 'Pass':
        return leave(undefined);
      case 'Succeed':
        return { name: undefined, output: input };
      case 'Wait':
        await this.setting.wait(Number(await at(state.Seconds)) * 1000);
        return leave(undefined);
      case 'Fail':
        throw new StateFailed(String(await at(state.Error)), String(await at(state.Cause)));
      case 'Choice':
        for (const choice of state.Choices ?? []) {
          if (await at(choice.Condition)) return leave(undefined, choice);
        }
        return leave(undefined, { Next: state.Default as string });
      case 'Task': {
        // Each attempt sees its own RetryCount (Developer Guide, "Accessing execution data from the Context object").
        const attempt = async (RetryCount: number) =>
          (await at(state.Arguments, { context: { State: { RetryCount } } })) as Record<string, unknown>;
        return leave({ Payload: await this.task(state, attempt, execution) });
      }
      case 'Map': {
        const items = (await at(state.Items)) as unknown[];
        const processor = state.ItemProcessor as StateMachine;
        const limit = pLimit(state.MaxConcurrency ?? items.length);
        const outputs = items.map((value) =>
          limit(async () => {
            const context = { Map: { Item: { Value: value } } };
            const selected = await at(state.ItemSelector, { context });
            return this.run(processor, selected, { ...variables }, execution);
          }),
        );
        // One that fails ends those that have not begun, too (Developer Guide, "Map workflow state").
        return leave(await Promise.all(outputs).finally(() => limit.clearQueue()));
      }
      default:
        throw new Error(`the model knows no state of type ${state.Type}`);
    }
  }

  private async task(
    state: State,
    argumentsOf: (retryCount: number) => Promise<Record<string, unknown>>,
    execution: Execution,
  ): Promise<unknown> {
    const attempts = new Map<Retry, number>();
    for (let retryCount = 0; ; retryCount++) {
      if (execution.status !== 'RUNNING') throw new Ended();
      const { FunctionName, Payload } = await argumentsOf(retryCount);
      this.invocations++;
      const ended = await new Promise<Result>((resolve) =>
        this.setting.invoke(String(FunctionName), JSON.parse(JSON.stringify(Payload)), resolve),
      );
      if ('value' in ended) return ended.value === undefined ? null : JSON.parse(JSON.stringify(ended.value));
      const { name, message } = ended.error;
      const retry = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, name));
      const attempt = retry ? (attempts.get(retry) ?? 0) : 0;
      const cause = JSON.stringify({ errorType: name, errorMessage: message });
      if (!retry || attempt >= retry.MaxAttempts) throw new StateFailed(name, cause);
      attempts.set(retry, attempt + 1);
      const delay = retry.IntervalSeconds * retry.BackoffRate ** attempt;
      await this.setting.wait(this.setting.jitter(Math.min(delay, retry.MaxDelaySeconds ?? delay) * 1000));
    }
  }
}

const matches = (names: readonly string[], error: string): boolean =>
  names.includes(error) || names.includes('States.ALL') || names.includes('States.TaskFailed');
