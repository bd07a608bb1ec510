import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError, Option } from 'commander';
import { behind, failed, reconciled, status } from './commands';
import { connect } from './connection';
import { type Context, exitCodes } from './context';
import { main as cost } from './cost';
import { findInstallation, type Installation } from './installation';
import { teardown } from './teardown';
import { loadTrace } from './trace/load';
import { page } from './trace/page';
import { text } from './trace/text';
import { run } from './workflow';

const examples = `
Examples:
  mars create pictures --regions us-west-2,eu-west-1,ap-southeast-1
  mars status pictures --watch
  mars failed pictures && echo all is well
  mars reconcile pictures --dry-run --json

It uses the credentials and the endpoint that the environment names, as the AWS CLI does. Exit codes: 0 done, and in step;
1 failed; 2 wrong use; 3 something is behind, or has failed.`;

/** Milliseconds between two looks of --watch. */
const watchedEach = 5_000;

/** The operator's tool: each command starts, or reads, what is there. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = exitCodes.done;
  const program = new Command('mars')
    .description('Keeps S3 buckets in many AWS regions in step, all of them writable')
    .option('--home <region>', 'where the stack MARS is', process.env.AWS_REGION ?? 'us-east-1')
    .option('--json', 'JSON, and nothing else, on standard output', false)
    .addHelpText('after', examples)
    .exitOverride();

  const connection = () => connect(program.opts<{ home: string }>().home);
  const command = (name: string, description: string) => program.command(name).description(description);
  /** Runs with what is installed. */
  const withMars =
    <Args extends unknown[]>(work: (context: Context, ...args: Args) => Promise<number>) =>
    async (...given: Args) => {
      const mars = await findInstallation(connection());
      code = await work({ mars, json: program.opts<{ json: boolean }>().json }, ...given);
    };
  const workflow =
    <Args extends unknown[]>(of: (mars: Installation, ...args: Args) => Parameters<typeof run>[1]) =>
    (...given: Args) =>
      withMars((context: Context, ...args: Args) => run(context, of(context.mars, ...args)))(...given);

  command('create <base>', 'make a set of buckets, one in each region')
    .requiredOption('--regions <list>', 'two or more, separated by commas')
    .action(
      workflow((mars, baseName: string, { regions }: { regions: string }) => ({
        title: `Create ${baseName}`,
        stateMachineArn: mars.createArn,
        baseName,
        input: { BaseName: baseName, Regions: regions },
      })),
    );
  command('delete <base>', 'remove a set; refuses while its buckets hold objects')
    .option('--empty', 'delete what the buckets hold, too', false)
    .action(
      workflow((mars, baseName: string, { empty }: { empty: boolean }) => ({
        title: `Delete ${baseName}`,
        stateMachineArn: mars.deleteArn,
        baseName,
        input: { BaseName: baseName, EmptyBuckets: empty },
      })),
    );
  command('add-region <base> <regions...>', 'add regions to a set that is in use, and fill them').action(
    workflow((mars, baseName: string, regions: string[]) => ({
      title: `Add ${regions.join(', ')} to ${baseName}`,
      stateMachineArn: mars.addRegionArn,
      baseName,
      input: { BaseName: baseName, Regions: regions.join() },
    })),
  );
  command('remove-region <base> <regions...>', 'take regions out of a set')
    .addOption(
      new Option('--buckets <what>', 'what becomes of their buckets')
        .choices(['keep', 'delete'])
        .makeOptionMandatory(),
    )
    .action(
      workflow((mars, baseName: string, regions: string[], { buckets }: { buckets: 'keep' | 'delete' }) => ({
        title: `Take ${regions.join(', ')} out of ${baseName}`,
        stateMachineArn: mars.removeRegionArn,
        baseName,
        input: {
          BaseName: baseName,
          Regions: regions.join(),
          Buckets: buckets === 'keep' ? 'Keep' : 'Delete',
        },
      })),
    );
  command(
    'update [base]',
    'bring all regions, or those of a set, up to the root stack as it was deployed last',
  ).action(
    workflow((mars, baseName: string | undefined) => ({
      title: 'Update',
      stateMachineArn: mars.updateRegionsArn,
      baseName: baseName ?? '',
      input: baseName === undefined ? {} : { BaseName: baseName },
    })),
  );
  command('status [base]', 'where each region stands: in step or behind, failed, large copies')
    .option('--watch', 'again every five seconds, until Ctrl-C', false)
    .action(
      withMars(async (context, baseName: string | undefined, { watch }: { watch: boolean }) => {
        for (;;) {
          const now = await status(context, baseName);
          if (!watch) return now;
          await sleep(watchedEach);
          if (process.stdout.isTTY) console.clear();
        }
      }),
    );
  command('behind <base>', 'keys that do not show what they should').action(withMars(behind));
  command('failed <base>', 'keys that were given up, and why').action(withMars(failed));
  command('retry <base> <key>', 'ten more tries for a key that was given up').action(
    workflow((mars, baseName: string, key: string) => ({
      title: `Retry ${key}`,
      stateMachineArn: mars.redriveArn,
      baseName,
      input: { BaseName: baseName, Key: key },
    })),
  );
  command('redrive <base>', 'ten more tries for all that was given up')
    .option('--prefix <prefix>', 'of the keys')
    .option('--region <region>', 'one region of the set')
    .action(
      workflow((mars, baseName: string, { prefix, region }: { prefix?: string; region?: string }) => ({
        title: `Redrive ${baseName}`,
        stateMachineArn: mars.redriveArn,
        baseName,
        input: { BaseName: baseName, Prefix: prefix, Region: region },
      })),
    );
  command('reconcile <base>', 'compare all regions, and mend what differs')
    .option('--dry-run', 'compare only', false)
    .option('--deep', 'tags, headers and checksums, too: a request for each object', false)
    .option('--prefix <prefix>', 'of the keys')
    .action(
      workflow(
        (
          mars,
          baseName: string,
          { dryRun, deep, prefix }: { dryRun: boolean; deep: boolean; prefix?: string },
        ) => ({
          title: `Reconcile ${baseName}`,
          stateMachineArn: mars.reconcileArn,
          baseName,
          input: { BaseName: baseName, Repair: !dryRun, Deep: deep, Prefix: prefix },
          tell: reconciled,
        }),
      ),
    );
  command('trace <execution>', 'what an execution did, state by state')
    .option('--html <file>', 'a page that draws it, in a file that opens anywhere, instead')
    .action(async (executionArn: string, { html }: { html?: string }) => {
      const trace = await loadTrace(connection(), executionArn);
      if (html !== undefined) {
        await writeFile(html, page(trace));
        console.log(html);
      } else
        console.log(program.opts<{ json: boolean }>().json ? JSON.stringify(trace, null, 2) : text(trace));
    });
  command('cost', 'what a use costs a month: "mars cost --help" tells its options')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action((options: string[]) => {
      code = cost([...options, ...(program.opts<{ json: boolean }>().json ? ['--json'] : [])]);
    });
  command('teardown', 'uninstall: base resources of all regions, then the root stack')
    .option('--delete-sets', 'and all sets, with all that they hold', false)
    .action(async ({ deleteSets }: { deleteSets: boolean }) => {
      const { json } = program.opts<{ json: boolean }>();
      const keys = await teardown(connection(), json ? () => {} : console.log, { deleteSets });
      if (json) console.log(JSON.stringify({ keys }, null, 2));
      else if (keys.length > 0) console.log(`KMS keys in their waiting period:\n${keys.join('\n')}`);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    console.error((error as Error).message);
    return exitCodes.failed;
  }
}
