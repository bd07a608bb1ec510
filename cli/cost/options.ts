import * as z from 'zod';
import { daysPerMonth, type Load, regionsInOrder, usual } from './load';
import { prices } from './prices';

export const help = `npm run cost -- --regions 3 --objects-per-day 6000 --average-size 1MB [--json]

Prices a month of a set of buckets, by calculation: docs/costs.md tells how, and how sure it is.

  --regions N|a,b,c        how many (the first of ${regionsInOrder.slice(0, 3).join(', ')}, ...), or which
  --objects-per-day N      written in all regions together
  --average-size SIZE      as 10KB, 1MB, 25GB
  --deletes-per-day N      0
  --renames-per-day N      0; a copy and a delete, and the bytes cross again
  --retags-per-day N       0; changes of tags of objects that are there
  --stored N               objects that the set holds; what is written in a month
  --busy-hours H           24; hours in which a day's writes come
  --reconciles-per-month N 30; how often MARS-Reconcile compares all (ReconcileSchedule)
  --without-bucket-metrics EnableBucketMetrics=false
  --without-dashboards     CreateRegionalDashboards=false
  --guide                  the two uses that the 2020 guide prices, line by line, instead
  --json

  npm run cost -- --regions us-east-1,eu-west-1 --objects-per-day 1000000 --average-size 10KB --busy-hours 8
`;

const units: Record<string, number> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
const sizePattern = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|TB)$/i;
const amount = (what: string) =>
  z.coerce.number(`${what} is to be a number`).nonnegative(`${what} is to be 0 or more`);
const mostRegions = regionsInOrder.length;

/** None, when there are not as many. */
const firstRegions = (number: number) => (number <= mostRegions ? regionsInOrder.slice(0, number) : []);

export const options = z.object({
  regions: z
    .string('--regions is missing: a number, or names')
    .transform((text) =>
      /^\d+$/.test(text) ? firstRegions(Number(text)) : text.split(',').map((name) => name.trim()),
    )
    .refine((names) => names.length >= 2, `--regions is to be 2 to ${mostRegions}, or two names or more`)
    .refine((names) => new Set(names).size === names.length, '--regions is to name each region once')
    .refine(
      (names) => names.every((name) => prices[name]),
      `--regions: there are prices of ${Object.keys(prices).join(', ')}`,
    ),
  'objects-per-day': amount('--objects-per-day'),
  'average-size': z
    .string('--average-size is missing: as 10KB, 1MB')
    .regex(sizePattern, '--average-size is to be as 10KB, 1MB, 25GB')
    .transform((text) => {
      const [, number = '', unit = ''] = sizePattern.exec(text) ?? [];
      return Number(number) * (units[unit.toUpperCase()] ?? 0);
    }),
  'deletes-per-day': amount('--deletes-per-day').default(0),
  'renames-per-day': amount('--renames-per-day').default(0),
  'retags-per-day': amount('--retags-per-day').default(0),
  stored: amount('--stored').optional(),
  'busy-hours': z.coerce
    .number()
    .positive('--busy-hours is to be more than 0')
    .max(24, '--busy-hours is to be 24 at most')
    .default(24),
  'reconciles-per-month': amount('--reconciles-per-month').default(daysPerMonth),
  'without-bucket-metrics': z.boolean().default(false),
  'without-dashboards': z.boolean().default(false),
});

const flags = ['without-bucket-metrics', 'without-dashboards', 'json', 'guide', 'help'];
const withValues = Object.keys(options.shape).filter((name) => !flags.includes(name));
/** For parseArgs. */
export const known: Record<string, { type: 'string' | 'boolean' }> = {
  ...Object.fromEntries(withValues.map((name) => [name, { type: 'string' as const }])),
  ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' as const }])),
};

export const loadOf = (given: z.infer<typeof options>): Load => ({
  ...usual,
  regions: given.regions,
  perDay: {
    put: given['objects-per-day'],
    delete: given['deletes-per-day'],
    rename: given['renames-per-day'],
    tag: given['retags-per-day'],
  },
  size: given['average-size'],
  stored: given.stored ?? given['objects-per-day'] * daysPerMonth,
  busyHours: given['busy-hours'],
  reconcilesPerMonth: given['reconciles-per-month'],
  bucketMetrics: !given['without-bucket-metrics'],
  dashboards: !given['without-dashboards'],
});
