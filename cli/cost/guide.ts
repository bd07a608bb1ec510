import { daysPerMonth, type Load, regionsInOrder, usual } from './load';
import { costOf, type Line, totalOf } from './model';

/** A line of the 2020 guide's examples: what it says, what its own assumptions come to, what this model says of the same load. */
export interface GuideLine {
  what: string;
  /** Dollars a month, as printed; of the second use only the total is. */
  printed?: number;
  reproduced: number;
  now: number;
  why: string;
}

interface Use {
  users: number;
  objectsPerDay: number;
  regions: number;
}
export const guideUses: readonly [Use, Use] = [
  { users: 10, objectsPerDay: 200, regions: 3 },
  { users: 100_000, objectsPerDay: 10, regions: 9 },
];
const printed: Record<string, number> = {
  storage: 0.14,
  transfer: 0.06,
  GET: 0.05,
  PUT: 0.6,
  'KMS keys': 3,
  DynamoDB: 0.03,
  'Lambda requests': 1.56,
  'Lambda duration': 0.63,
  logs: 1.3,
  dashboards: 9,
};
const notInGuide = 'not in the guide';
const printedTotal = [16.37, 14_362];

/** The guide's slips in its first use are told in each line; its second use is calculated without them, and comes near its total. */
function assumptions({ users, objectsPerDay, regions }: Use, isFirst: boolean): Record<string, number> {
  const objects = users * objectsPerDay * daysPerMonth;
  const gigabytes = objects / 1000; // of 1 MB
  const events = isFirst ? 6000 : objects;
  const calls = events * regions;
  const polls = 86_400 * daysPerMonth * regions;
  return {
    storage: (isFirst ? 6 : gigabytes * regions) * 0.023,
    transfer: isFirst ? 12 * 0.005 : gigabytes * (regions - 1) * 0.02,
    GET: objects * (regions - 1) * 0.4e-6,
    PUT: objects * (regions - 1) * 5e-6,
    'KMS keys': regions,
    DynamoDB: events * (regions * 1.25e-6 + (regions - 1) * 0.25e-6),
    'Lambda requests': (calls + polls) * 0.2e-6,
    'Lambda duration': (isFirst ? 150_000 : calls) * 0.25 * 16.6667e-6,
    logs: (((isFirst ? 0 : calls) + polls / (isFirst ? 3 : 1)) / 1e6) * 0.5,
    dashboards: regions * 3,
  };
}

const ours: Record<string, (line: Line) => boolean> = {
  storage: ({ price }) => price === 's3StorageGB',
  transfer: ({ price }) => price === 'transferGB',
  GET: ({ price }) => price === 's3Get',
  PUT: ({ service, price }) => service === 'S3' && price === 's3Put',
  'KMS keys': ({ price }) => price === 'kmsKey',
  DynamoDB: ({ service }) => service === 'DynamoDB',
  'Lambda requests': ({ price }) => price === 'lambdaRequest',
  'Lambda duration': ({ price }) => price === 'lambdaGBSecond',
  logs: ({ price }) => price === 'logsGB',
  dashboards: ({ price }) => price === 'dashboard',
};
/** Why ours differs, for each use. */
const why: Record<string, readonly [string, string]> = {
  storage: ['60 GB a month, not 6, in each of three regions', 'Prices of each region'],
  transfer: [
    '120 GB, not 12; $0.02 per GB, from Singapore $0.09, not $0.005',
    'Prices of each region: $0.08 to $0.10 from four of the nine',
  ],
  GET: ['A copy reads its source; QueueProcessor looks at each object once', 'The same'],
  PUT: ['The same copies', 'Prices of each region'],
  'KMS keys': ['One more, of the home region', 'The same'],
  DynamoDB: [
    "60,000 events, not 6,000; rows of what is about to be and of what was applied, beside the journal; the tables' storage and backups",
    'Rows, storage and backups; writes cost half of what they did',
  ],
  'Lambda requests': ["Lambda's pollers are no calls", 'The same; ten writes share a call'],
  'Lambda duration': [
    '0.15 and 0.35 seconds of 512 MB, not one of 256; 180,000 calls for 60,000 events, not 150,000',
    'Ten writes share a call; what it waits for is waited for at once',
  ],
  logs: ['Of calls, not of polls', 'The same, and of each object in each region'],
  dashboards: ["One more, of the set (an account's first three are free)", 'The same'],
  [notInGuide]: [
    'Queues, requests for keys, metrics, request metrics of buckets, alarms, MARS-Reconcile',
    'The same; most of it is MARS-Reconcile, which compares 30 million keys each day',
  ],
};

export const guideLoad = ({ users, objectsPerDay, regions }: Use): Load => ({
  ...usual,
  regions: regionsInOrder.slice(0, regions),
  perDay: { ...usual.perDay, put: users * objectsPerDay },
  stored: users * objectsPerDay * daysPerMonth,
});

/** Both uses, line by line, the total last. */
export function guideLines(use: 0 | 1): GuideLine[] {
  const isFirst = use === 0;
  const lines = costOf(guideLoad(guideUses[use]));
  const theirs = assumptions(guideUses[use], isFirst);
  const known = Object.keys(theirs).map((what): GuideLine => {
    const here = lines.filter((line) => ours[what]?.(line));
    return {
      what,
      ...(isFirst && { printed: printed[what] ?? 0 }),
      reproduced: theirs[what] ?? 0,
      now: totalOf(here),
      why: why[what]?.[use] ?? '',
    };
  });
  const rest = lines.filter((line) => !Object.values(ours).some((isOf) => isOf(line)));
  const all = [
    ...known,
    { what: notInGuide, reproduced: 0, now: totalOf(rest), why: why[notInGuide]?.[use] ?? '' },
  ];
  const total = {
    what: 'total',
    printed: printedTotal[use] ?? 0,
    reproduced: all.reduce((sum, { reproduced }) => sum + reproduced, 0),
    now: totalOf(lines),
    why: '',
  };
  return [...all, total];
}
