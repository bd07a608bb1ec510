import { fixed } from './fixed';
import type { History } from './history';
import type { Content } from './models/s3';
import { World } from './world';

/** Two regions, in the first of which a user writes one object of any size. */
export class OneLarge {
  readonly world: World;
  readonly home: string;
  readonly away: string;
  /** Calls that the functions which copy made, by operation. */
  readonly calls: Record<string, number> = {};

  private awaited?: { operation: string; calls: number; run: () => void };

  constructor(more: Partial<History> = {}) {
    const functions =
      /^ *\S+ \S+ +(?:StreamProcessor|PrepareCopy|CopyParts|CompleteCopy|AbortCopy) (\w+) \(\d+\)/;
    this.world = new World(fixed(1, more.faults ?? [], [], { regions: 2, ...more }), (line) => {
      const [, operation = ''] = functions.exec(line) ?? [];
      if (!operation) return;
      const calls = (this.calls[operation] ?? 0) + 1;
      this.calls[operation] = calls;
      if (this.awaited?.operation === operation && this.awaited.calls === calls) this.awaited.run();
    });
    [this.home = '', this.away = ''] = this.world.names;
  }

  /** A plain upload, and its event. */
  put(size: number, body = 'large'): void {
    const user = { by: 'user', principal: 'AWS:AIDAUSER' } as const;
    const content: Content = { body, size, metadata: 'm', tags: 't', checksum: 'CRC64NVME' };
    const { bucket } = this.world.at(this.home);
    const version = bucket.put('k', content, 0, user);
    this.world.notify(this.home, 'ObjectCreated:Put', 'k', version, user, 100);
  }

  /** Something happens just when an operation has been called so many times. */
  when(operation: string, calls: number, run: () => void): void {
    this.awaited = { operation, calls, run };
  }

  async run(): Promise<void> {
    await this.world.engine.run();
    if (this.world.faults.length > 0) throw this.world.faults[0];
  }

  get callsToS3(): number {
    return Object.entries(this.calls).reduce(
      (sum, [operation, number]) => (/Object|Part|Multipart/.test(operation) ? sum + number : sum),
      0,
    );
  }

  /** What the other region shows. */
  get shown(): string | undefined {
    return this.world.at(this.away).bucket.current('k')?.content?.body;
  }

  get rows(): Record<string, unknown>[] {
    return [...this.world.at(this.away).copies.items.values()];
  }
}
