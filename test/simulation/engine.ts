import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import TinyQueue from 'tinyqueue';

/** All chance of a history comes from here: one seed, one history. */
export class Chance {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return uniformInt(this.generator, from, to);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.between(1, n) === 1;
  }
}

interface Event {
  time: number;
  number: number;
  run: () => void;
}

/** The history did more than any history has reason to: something goes round in circles. */
export class NeverEnds extends Error {
  override readonly name = 'NeverEnds';
}

/**
 * Virtual time: a queue of events by (time, order of scheduling). Code under test runs on real promises; after each
 * event all that it set free runs to its next call, before the next event: so one seed gives one order of all things.
 */
export class Engine {
  /** Milliseconds since 1970, of a clock that nobody in the history can read: theirs are skewed. */
  now = Date.UTC(2026, 0, 1);
  readonly chance: Chance;
  private readonly events = new TinyQueue<Event>([], (a, b) => a.time - b.time || a.number - b.number);
  private scheduled = 0;
  private ran = 0;

  constructor(
    seed: number,
    private readonly mostEvents: number,
  ) {
    this.chance = new Chance(seed);
  }

  at(time: number, run: () => void): void {
    this.events.push({ time: Math.max(time, this.now), number: this.scheduled++, run });
  }

  after(milliseconds: number, run: () => void): void {
    this.at(this.now + milliseconds, run);
  }

  /** The same as `run`, where nothing waits for a promise. */
  runAtOnce(): void {
    for (let event = this.events.pop(); event; event = this.events.pop()) {
      if (++this.ran > this.mostEvents) throw new NeverEnds(`still busy after ${this.mostEvents} events`);
      this.now = event.time;
      event.run();
    }
  }

  /** Runs until nothing is left to happen. @throws NeverEnds */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        const event = this.events.pop();
        if (!event) return resolve();
        try {
          if (++this.ran > this.mostEvents) throw new NeverEnds(`still busy after ${this.mostEvents} events`);
          this.now = event.time;
          event.run();
        } catch (error) {
          this.events.length = 0;
          this.events.data = [];
          reject(error);
        }
      };
      // Node settles all promises between two immediates, and those of one round cost it next to nothing.
      const round = () => {
        for (let i = 0; i < 100; i++) setImmediate(step);
        setImmediate(() => {
          if (this.events.length > 0) round();
          else resolve();
        });
      };
      round();
    });
  }
}
