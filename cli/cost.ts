import { parseArgs } from 'node:util';
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

function tell(load: Load): void {
  const { lines, total, idle, perMillion, s3Replication, s3ReplicationWithTimeControl, others, unsure } =
    priced(load);
  const perDestination = (amount: number) =>
    `${dollars(amount)}, ${dollars(amount / others)} per destination`;
  console.log(`${load.regions.join(', ')}: a month, by calculation`);
  for (const line of lines.filter(({ quantity }) => quantity > 0)) console.log(row(line));
  console.log(`total: ${perDestination(total)}; ${dollars(idle)} of it whether anything is written or not`);
  if (load.perDay.put > 0) console.log(`a million objects, without their bytes: ${dollars(perMillion)}`);
  console.log(`S3's own replication, storage included: ${perDestination(s3Replication)}`);
  console.log(`the same with time control: ${perDestination(s3ReplicationWithTimeControl)}`);
  if (unsure.length > 0) console.log(`no list was read for: ${unsure.join(', ')}`);
}

/** The guide's two uses as rows of a table in Markdown. */
export const guideRows = (use: 0 | 1): string[] =>
  guideLines(use).map(
    ({ what, printed, reproduced, now, why }: GuideLine) =>
      `| ${what} | ${printed === undefined ? '' : dollars(printed)} | ${dollars(reproduced)} | ${dollars(now)} | ${why} |`,
  );

/** `mars cost`, by its own options. Returns the exit code. @throws Error when there is no such option. */
export function main(args: string[]): number {
  const { values } = parseArgs({ args, options: known });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (values.guide) {
    if (values.json) console.log(JSON.stringify([guideLines(0), guideLines(1)], null, 2));
    else
      for (const use of [0, 1] as const)
        console.log(
          ['| line | guide | reproduced | now | why |', '|---|---|---|---|---|', ...guideRows(use), ''].join(
            '\n',
          ),
        );
    return 0;
  }
  const { success, data, error } = options.safeParse(values);
  if (!success) {
    for (const { message } of error.issues) console.error(message);
    console.error('--help tells all options');
    return 2;
  }
  const load = loadOf(data);
  if (values.json) console.log(JSON.stringify({ load, ...priced(load) }, null, 2));
  else tell(load);
  return 0;
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
