import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3ServiceException } from '@aws-sdk/client-s3';
import type { Engine } from './engine';
import { functions, type SimulatedFunction } from './functions';
import type { History } from './history';
import type { Invocation, Lambda } from './models/lambda';
import { regionOfBucket } from './names';
import type { Weather } from './weather';

export type Service = 'S3' | 'SQS' | 'StepFunctions' | 'DynamoDB';

export interface Call {
  invocation: Invocation;
  /** The region that is called. */
  target: string;
  service: Service;
  command: { input?: object };
  /** Asks the model. */
  execute: () => unknown;
  /** Who called gives up. */
  abortSignal?: AbortSignal | undefined;
}

/** Milliseconds after which the SDK gives up on a service, as on an abort signal: what was asked for may happen all the same. */
function silenceOf({ invocation, service }: Call): number {
  const { silence } = functions[invocation.functionName] as SimulatedFunction;
  return service === 'S3' ? silence.s3 : silence.others;
}

/** What is asked for, as the API Reference names it. (Bundlers rename classes.) */
const operationOf = ({ command }: Pick<Call, 'command'>): string =>
  command.constructor.name.replace(/^_+|Command\d*$/g, '');

interface Setting {
  history: History;
  engine: Engine;
  weather: Weather;
  lambda: Lambda;
  /** An error that no service answers with: a fault of the models, or of the code. */
  broken: (error: unknown) => void;
  /** Absent: nobody wants a trace. */
  say?: (region: string, what: string, data: object) => void;
}

/**
 * The functions' calls to services: each is under way for a while, then done, then answered. It fails by the faults of
 * the history; a function that is dead gets no answer.
 */
export class Calls {
  private made = 0;
  /** Calls under way, and the most there ever were, by operation. */
  private readonly underWay = new Map<string, number>();
  readonly most: Record<string, number> = {};

  constructor(private readonly setting: Setting) {}

  make(call: Call): Promise<unknown> {
    const { engine, weather, lambda, history } = this.setting;
    return new Promise((resolve, reject) => {
      if (!call.invocation.alive) return;
      const number = ++this.made;
      const kill = weather.strikes('killed', history.kills.find((each) => each.call === number)?.when);
      const end = () => lambda.kill(call.invocation, 'Runtime.ExitError');
      if (kill === 'before' || kill === 'under way') end();
      if (kill === 'before') return;
      const slowly = history.slow.find(({ call: slow }) =>
        [number, operationOf(call)].includes(slow),
      )?.milliseconds;
      const duration = weather.strikes('slow-call', slowly) ?? engine.chance.between(2, 60);
      this.count(call, 1);
      const silence = silenceOf(call);
      call.abortSignal?.addEventListener('abort', () => reject(failure('AbortError', 0, call.service)));
      if (duration > silence) engine.after(silence, () => reject(failure('TimeoutError', 0, call.service)));
      engine.after(duration, () => {
        this.count(call, -1);
        const { value, error } = this.carryOut(call);
        this.tell(call, number, error);
        if (kill === 'after') end();
        if (!call.invocation.alive) return;
        const isLost = history.lostAnswers.includes(number) ? true : undefined;
        if (weather.strikes('answer-lost', isLost)) reject(failure('TimeoutError', 0, call.service));
        else if (error) reject(error);
        else resolve(value);
      });
    });
  }

  private count({ command }: Call, by: 1 | -1): void {
    const { name } = command.constructor;
    const underWay = (this.underWay.get(name) ?? 0) + by;
    this.underWay.set(name, underWay);
    this.most[name] = Math.max(this.most[name] ?? 0, underWay);
  }

  private carryOut(call: Call): { value?: unknown; error?: unknown } {
    const refusal = this.refusal(call);
    if (refusal) return { error: refusal };
    try {
      return { value: call.execute() };
    } catch (error) {
      if (!(error as { $metadata?: object }).$metadata) this.setting.broken(error);
      return { error };
    }
  }

  private refusal({ invocation, target, service, command }: Call): Error | undefined {
    const { weather } = this.setting;
    if (weather.areApart(invocation.region, target)) return failure('TimeoutError', 0, service);
    if (service !== 'S3') {
      return weather.strikesIn('throttling', target)
        ? failure('ThrottlingException', 400, service)
        : undefined;
    }
    if (weather.strikesIn('unavailable', target)) return failure('SlowDown', 503, service);
    if (weather.strikesIn('forbidden', target)) return failure('AccessDenied', 403, service);
    const { CopySource } = (command.input ?? {}) as { CopySource?: string };
    const source = CopySource && regionOfBucket(CopySource.slice(0, CopySource.indexOf('/')));
    return source && weather.areApart(source, target) ? failure('InternalError', 500, service) : undefined;
  }

  private tell({ invocation, target, command }: Call, number: number, error: unknown): void {
    const { say } = this.setting;
    if (!say) return;
    const input = JSON.parse(JSON.stringify(command.input ?? {}));
    for (const name of ['Bucket', 'ExpectedBucketOwner', 'TableName', 'QueueUrl', 'ChecksumMode', 'Prefix']) {
      delete input[name];
    }
    const what = `${invocation.functionName} ${operationOf({ command })} (${number})`;
    say(target, what, { ...input, ...(error ? { error: (error as Error).name } : {}) });
  }
}

function failure(name: string, httpStatusCode: number, service: Service): Error {
  const Kind = service === 'S3' ? S3ServiceException : DynamoDBServiceException;
  return new Kind({ name, message: name, $fault: 'server', $metadata: { httpStatusCode } });
}
