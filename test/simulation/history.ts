import fc from 'fast-check';
import { type FaultName, faultNames, type Window, type WindowName, windows } from './faults';
import type { ChecksumAlgorithm } from './models/s3';

export const kinds = [
  'put',
  'large',
  'delete',
  'rename',
  'same-bytes',
  'metadata',
  'remove-current',
  'remove-covered',
  'tag',
] as const;

/** What a user does, and what becomes of its event. */
export interface Write {
  /** Milliseconds since the write before. */
  gap: number;
  /** Index of the region. */
  region: number;
  /** Index of the key. */
  key: number;
  kind: (typeof kinds)[number];
  /** Of a large one: milliseconds between the start of its upload and its end; 0: a plain upload. */
  upload: number;
  /** Of its checksum; `undefined`: an upload in parts has none of the whole, all else what S3 takes. */
  checksum: ChecksumAlgorithm | undefined;
  /** It is encrypted so (SSE-S3) that its eTag is a digest of its bytes. */
  digest: boolean;
  /** Milliseconds until the event is in the queue, without faults and with `event-delayed`. */
  delay: number;
  longDelay: number;
  /** Milliseconds of a second delivery after the first, with `event-duplicated`. */
  again: number | undefined;
  /** With `event-lost`. */
  lost: boolean;
}

export interface History {
  /** Of all that is left to chance while it runs. */
  seed: number;
  regions: number;
  faults: FaultName[];
  writes: Write[];
  /** Milliseconds that each region's clock is off, with `clock-skew`. */
  skews: number[];
  windows: Window[];
  /** Calls of functions, counted over all, at which the function dies: before, after, or while the call is under way. */
  kills: { call: number; when: 'before' | 'after' | 'under way' }[];
  /** Calls that do what they should, but the answer is lost. */
  lostAnswers: number[];
  /** Calls that take long, by number, or all of one operation; with their milliseconds. */
  slow: { call: number | string; milliseconds: number }[];
}

const second = 1000;
const upTo = (max: number) => fc.integer({ min: 0, max });
const often = <T>(...choices: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const write = (regions: number): fc.Arbitrary<Write> =>
  fc.record({
    gap: often([50, upTo(300)], [30, upTo(5 * second)], [9, upTo(60 * second)], [1, upTo(1500 * second)]),
    region: upTo(regions - 1),
    key: often([4, fc.constant(0)], [3, fc.constant(1)], [1, fc.constant(2)]),
    kind: often<Write['kind']>(
      [8, fc.constant('put')],
      [4, fc.constant('large')],
      [5, fc.constant('delete')],
      [1, fc.constant('rename')],
      [1, fc.constant('same-bytes')],
      [1, fc.constant('metadata')],
      [1, fc.constant('remove-current')],
      [1, fc.constant('remove-covered')],
      [1, fc.constant('tag')],
    ),
    upload: often([1, fc.constant(0)], [1, upTo(20 * second)]),
    checksum: fc.constantFrom<Write['checksum']>('CRC64NVME', 'SHA256', undefined),
    digest: fc.boolean(),
    delay: fc.integer({ min: 50, max: 900 }),
    longDelay: often([2, upTo(2 * second)], [1, upTo(20 * second)], [1, upTo(200 * second)]),
    again: often<number | undefined>([2, fc.constant(undefined)], [1, upTo(30 * second)]),
    lost: often([5, fc.constant(false)], [1, fc.constant(true)]),
  });

const window = (regions: number): fc.Arbitrary<Window> =>
  fc.constantFrom(...(Object.keys(windows) as WindowName[])).chain((fault) => {
    const [min, max] = windows[fault].lengths;
    return fc.record({
      fault: fc.constant(fault),
      region: upTo(regions - 1),
      from: often([4, upTo(120 * second)], [1, upTo(3000 * second)]),
      length: fc.integer({ min, max }),
      jump: fc.integer({ min: -50 * second, max: 50 * second }),
    });
  });

/** Longest of the calls that are counted for kills and the like: few histories make more. */
const call = fc.integer({ min: 1, max: 1_000 });

/** Twelfths of all faults: some histories have one or two of them, others most. */
const densities = [1, 4, 8] as const;

const faultsOf = (density: number): fc.Arbitrary<FaultName[]> =>
  fc
    .tuple(...faultNames.map((name) => upTo(11).map((draw) => (draw < density ? [name] : []))))
    .map((names) => names.flat());

/**
 * Histories of twenty writes and more, with every fault on, or only those named. Each leaves some faults out by chance,
 * and some leave most out: many bugs show only when another fault does not hide them (swarm testing).
 */
export const histories = (
  regions: number,
  only?: readonly FaultName[],
  fewestWrites = 20,
): fc.Arbitrary<History> =>
  fc.record({
    seed: fc.integer(),
    regions: fc.constant(regions),
    faults: only ? fc.constant([...only]) : fc.constantFrom(...densities).chain(faultsOf),
    writes: fc.array(write(regions), { minLength: fewestWrites, maxLength: 26 }),
    skews: fc.array(fc.integer({ min: -300 * second, max: 300 * second }), {
      minLength: regions,
      maxLength: regions,
    }),
    windows: fc.array(window(regions), { maxLength: 6 }),
    kills: fc.array(
      fc.record({
        call,
        when: fc.constantFrom<'before' | 'after' | 'under way'>('before', 'after', 'under way'),
      }),
      { maxLength: 10 },
    ),
    lostAnswers: fc.array(call, { maxLength: 10 }),
    slow: fc.array(
      often<History['slow'][number]>(
        [15, fc.record({ call, milliseconds: upTo(60 * second) })],
        // Each of them, but none so long that it is given up.
        [1, fc.record({ call: fc.constant('PutObjectTagging'), milliseconds: upTo(25 * second) })],
      ),
      { maxLength: 10 },
    ),
  });
