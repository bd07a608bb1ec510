import { parseArgs } from 'node:util';
import { endWithReader } from './closed-pipe';
import { WrongUse } from './context';
import { type GuideLine, guideLines } from './cost/guide';
import { daysPerMonth, type Load, usual } from './cost/load';
import { costOf, costOfS3Replication, type Line, totalOf } from './cost/model';
import { help, known, loadOf, options } from './cost/options';
import { notRead } from './cost/prices';

/** What is told of a load: the lines of MARS, and what S3's own replication takes for the same. */
export function priced(load: Load) {
  const lines = costOf(load);
  const others = load.regions.length - 1;
  const total = totalOf(lines);
  const nothing = { ...load, perDay: usual.perDay, stored: 0 };
  const idle = totalOf(costOf(nothing));
  const putsOnly = costOf({ ...nothing, perDay: { ...usual.perDay, put: load.perDay.put } });
  const withoutBytes = totalOf(putsOnly.filter(({ price }) => price !== 'transferGB')) - idle;
  const unsure = [...new Set(lines.map(({ price }) => price))].flatMap((price) =>
    load.regions.filter((region) => notRead(price, region)).map((region) => `${price} of ${region}`),
  );
  return {
    lines,
    total,
    /** Whether anything is written or not. */
    idle,
    /** A million puts, without bytes between regions and stored. */
    perMillion: (withoutBytes / (load.perDay.put * daysPerMonth)) * 1e6,
    s3Replication: totalOf(costOfS3Replication(load, false)),
    s3ReplicationWithTimeControl: totalOf(costOfS3Replication(load, true)),
    others,
    unsure,
  };
}

const dollars = (amount: number) =>
  `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const rounded = (quantity: number) =>
  quantity.toLocaleString('en-US', { maximumFractionDigits: quantity < 100 ? 2 : 0 });

const row = ({ service, what, quantity, dollars: cost }: Line) =>
  `${service.padEnd(15)} ${what.padEnd(48)} ${rounded(quantity).padStart(15)} ${dollars(cost).padStart(12)}`;

function told(load: Load): string {
  const { lines, total, idle, perMillion, s3Replication, s3ReplicationWithTimeControl, others, unsure } =
    priced(load);
  const perDestination = (amount: number) =>
    `${dollars(amount)}, ${dollars(amount / others)} per destination`;
  return [
    `${load.regions.join(', ')}: a month, by calculation`,
    ...lines.filter(({ quantity }) => quantity > 0).map(row),
    `total: ${perDestination(total)}; ${dollars(idle)} of it whether anything is written or not`,
    ...(load.perDay.put > 0 ? [`a million objects, without their bytes: ${dollars(perMillion)}`] : []),
    `S3's own replication, storage included: ${perDestination(s3Replication)}`,
    `the same with time control: ${perDestination(s3ReplicationWithTimeControl)}`,
    ...(unsure.length > 0 ? [`no list was read for: ${unsure.join(', ')}`] : []),
  ].join('\n');
}

/** The guide's two uses as rows of a table in Markdown. */
export const guideRows = (use: 0 | 1): string[] =>
  guideLines(use).map(
    ({ what, printed, reproduced, now, why }: GuideLine) =>
      `| ${what} | ${printed === undefined ? '' : dollars(printed)} | ${dollars(reproduced)} | ${dollars(now)} | ${why} |`,
  );

const tableOf = (use: 0 | 1) =>
  ['| line | guide | reproduced | now | why |', '|---|---|---|---|---|', ...guideRows(use), ''].join('\n');

/** `mars cost`, by its own options: what it says. @throws WrongUse when there is no such option, or none of such a value. */
export function main(args: string[]): string {
  const values = parsed(args);
  if (values.help) return help;
  if (values.guide) {
    const lines = [guideLines(0), guideLines(1)];
    return values.json ? JSON.stringify(lines, null, 2) : `${tableOf(0)}\n${tableOf(1)}`;
  }
  const { success, data, error } = options.safeParse(values);
  if (!success) {
    const wrong = error.issues.map(({ message }) => message);
    throw new WrongUse([...wrong, '--help tells all options'].join('\n'));
  }
  const load = loadOf(data);
  return values.json ? JSON.stringify({ load, ...priced(load) }, null, 2) : told(load);
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: known }).values;
  } catch (error) {
    throw new WrongUse((error as Error).message);
  }
}

if (process.argv[1] === import.meta.filename) {
  endWithReader();
  try {
    console.log(main(process.argv.slice(2)));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
