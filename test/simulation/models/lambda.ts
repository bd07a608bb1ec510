/** A function call under way. Killed, it never comes back: what it had asked for may still happen. */
export interface Invocation {
  alive: boolean;
  region: string;
  functionName: string;
}

/** How a call ends: with a value, with the error that the code threw, or with Lambda's own (a time-out, a crash). */
export type Ended = { value: unknown } | { error: { name: string; message: string } };

interface Setting {
  after: (milliseconds: number, run: () => void) => void;
  /** Runs the exported handler with ports that belong to this invocation. */
  run: (invocation: Invocation, event: unknown) => Promise<unknown>;
  /** The code has a fault that no retry mends. */
  broken: (error: unknown) => void;
  /** Seconds that the function has. */
  timeout: (functionName: string) => number;
}

/**
 * Lambda: calls run until they end, are killed, or time out (Lambda Developer Guide, "Configure Lambda function
 * timeout"). Each ends exactly once.
 */
export class Lambda {
  private readonly running = new Map<Invocation, (ended: Ended) => void>();

  constructor(private readonly setting: Setting) {}

  invoke(region: string, functionName: string, event: unknown, ended: (ended: Ended) => void): void {
    const invocation = { alive: true, region, functionName };
    this.running.set(invocation, ended);
    const { after, timeout, run } = this.setting;
    after(timeout(functionName) * 1000, () => this.kill(invocation, 'Sandbox.Timedout'));
    run(invocation, event).then(
      (value) => this.end(invocation, { value }),
      (error: Error) => {
        if (error instanceof TypeError || error instanceof ReferenceError) this.setting.broken(error);
        this.end(invocation, { error });
      },
    );
  }

  /** Ends a call from outside, with Lambda's name of the reason. */
  kill(invocation: Invocation, name: string): void {
    this.end(invocation, { error: { name, message: `${invocation.functionName} was ended` } });
  }

  killAllIn(region: string, name: string): void {
    for (const invocation of [...this.running.keys()]) {
      if (invocation.region === region) this.kill(invocation, name);
    }
  }

  private end(invocation: Invocation, how: Ended): void {
    const ended = this.running.get(invocation);
    if (!ended) return;
    this.running.delete(invocation);
    invocation.alive = false;
    ended(how);
  }
}
