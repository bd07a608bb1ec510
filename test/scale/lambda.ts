import type { Engine } from '../simulation/engine';
import { type Limit, limits, times } from './limits';

/** Keys worked on at a time by one call of a processor; milliseconds of its share of a vCPU for each call of a service. */
const lanes = 16;
const cpuPerCall = 8.5 / 5 / (512 / 1769);

/** Of a service. */
export interface Call {
  milliseconds: number;
  of: readonly Limit[];
}
/** Of a function. */
export interface Invocation {
  /** Until when its processor is busy. */
  busy: number;
}

/** Calls of functions in one region. */
export class Lambda {
  readonly counts = { invocations: 0, milliseconds: 0, most: 0 };
  private running = 0;
  private warm = 0;

  constructor(
    private readonly engine: Engine,
    private readonly concurrency: Limit,
  ) {}

  mayRun(): boolean {
    if (this.running < limits.concurrency) return true;
    this.concurrency.met(this.engine.now);
    return false;
  }

  /** Works on items side by side; `failed`: those of which a call was refused. */
  invoke<Item>(
    items: Item[],
    work: (item: Item, invocation: Invocation, ended: (ok: boolean) => void) => void,
    failed: (item: Item) => void,
    ended: () => void,
  ): void {
    const { engine, counts } = this;
    const begin = engine.now + (this.running < this.warm ? 0 : times.start);
    const invocation = { busy: begin };
    this.running++;
    this.warm = Math.max(this.warm, this.running);
    counts.most = Math.max(counts.most, this.running);
    let [next, left] = [0, items.length];
    const lane = () => {
      const item = items[next++];
      if (item === undefined) return;
      work(item, invocation, (ok) => {
        if (!ok) failed(item);
        if (--left === 0) {
          this.running--;
          counts.invocations++;
          counts.milliseconds += engine.now - begin;
          ended();
        } else lane();
      });
    };
    engine.at(begin, () => {
      for (let i = 0; i < Math.min(lanes, items.length); i++) lane();
    });
  }

  /** Calls one after the other, until one is refused. */
  calls(calls: readonly Call[], invocation: Invocation, ended: (ok: boolean) => void): void {
    const { engine } = this;
    const from = (index: number) => {
      const call = calls[index];
      if (!call) return ended(true);
      invocation.busy = Math.max(invocation.busy, engine.now) + cpuPerCall;
      engine.at(invocation.busy, () => {
        if (!call.of.every((limit) => limit.take(engine.now))) return ended(false);
        engine.after(call.milliseconds, () => from(index + 1));
      });
    };
    from(0);
  }
}
