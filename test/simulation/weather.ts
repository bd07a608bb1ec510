import type { Engine } from './engine';
import type { FaultName, Fired, Window, WindowName } from './faults';
import type { History } from './history';

/** The faults of one history: which may happen, which are on now, and how often each has struck. */
export class Weather {
  readonly fired: Fired = {};
  private readonly start: number;
  private readonly enabled: Set<FaultName>;

  constructor(
    private readonly history: History,
    private readonly names: readonly string[],
    private readonly engine: Engine,
  ) {
    this.start = engine.now;
    this.enabled = new Set(history.faults);
  }

  has = (fault: FaultName): boolean => this.enabled.has(fault);

  fire(fault: FaultName): true {
    this.fired[fault] = (this.fired[fault] ?? 0) + 1;
    return true;
  }

  /** Once in `n` times. */
  may = (fault: FaultName, n: number): boolean =>
    this.has(fault) && this.engine.chance.oneIn(n) && this.fire(fault);

  /** Of things that strike single calls. */
  strikes = <Found>(fault: FaultName, found: Found | undefined): Found | undefined =>
    found !== undefined && this.has(fault) && this.fire(fault) ? found : undefined;

  /** The window of a fault that is open in a region now. */
  open(fault: WindowName, region: string): Window | undefined {
    if (!this.has(fault)) return undefined;
    const time = this.engine.now - this.start;
    return this.history.windows.find(
      (window) =>
        window.fault === fault &&
        this.names[window.region] === region &&
        time >= window.from &&
        time <= window.from + window.length,
    );
  }

  /** Real time at which the region is rid of the fault; `undefined`: it has none now. */
  endOf(fault: WindowName, region: string): number | undefined {
    const open = this.open(fault, region);
    if (!open) return undefined;
    this.fire(fault);
    return this.start + open.from + open.length + 1;
  }

  /** Milliseconds that a fault lasted in a region without a pause, at most. */
  longest(fault: WindowName, region: string): number {
    const lengths = this.history.windows
      .filter((window) => window.fault === fault && this.names[window.region] === region)
      .map(({ length }) => length);
    return this.has(fault) ? Math.max(0, ...lengths) : 0;
  }

  /** Runs `begin` with the region whenever a window of the fault opens. */
  eachTime(fault: WindowName, begin: (region: string) => void): void {
    if (!this.has(fault)) return;
    for (const window of this.history.windows) {
      if (window.fault !== fault) continue;
      this.engine.after(window.from, () => this.fire(fault) && begin(this.names[window.region] as string));
    }
  }

  /** Milliseconds, by the clock of a region. */
  clock(region: string): number {
    const skew = this.strikes('clock-skew', this.history.skews[this.names.indexOf(region)]) ?? 0;
    const jump = this.strikes('clock-jump', this.open('clock-jump', region)?.jump) ?? 0;
    return this.engine.now + skew + jump;
  }

  /** Milliseconds that the table takes from region to region: "usually within a second", unless they are apart. */
  lag(from: string, to: string): number {
    const { chance, now } = this.engine;
    const apart = [from, to].map((region) => (this.endOf('cut', region) ?? now) - now);
    const late = this.may('table-lag', 4) ? chance.between(0, 60_000) : 0;
    return Math.max(...apart) + late + chance.between(300, 1500);
  }

  /** Whether a read that is not consistent misses the latest change. */
  misses = (): boolean => this.may('table-lag', 2);

  areApart = (a: string, b: string): boolean =>
    a !== b && (this.open('cut', a) ?? this.open('cut', b)) !== undefined && this.fire('cut');

  /** Whether a fault of a service is on. */
  strikesIn = (fault: WindowName, region: string): boolean =>
    this.open(fault, region) !== undefined && this.fire(fault);

  /** An operator repairs when the trouble is over. */
  clear(): void {
    const ends = this.history.windows.map(({ from, length }) => this.start + from + length + 1);
    this.engine.now = Math.max(this.engine.now, ...ends);
  }
}
