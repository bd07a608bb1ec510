import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isRegion } from '../functions/contracts/names';
import { behind, failed, watchStatus } from './commands';
import { connect } from './connection';
import { type Context, exitCodes, WrongUse } from './context';
import { main as cost } from './cost';
import { findInstallation, type Installation } from './installation';
import { run, type Workflow } from './run-workflow';
import { stop } from './stop';
import { teardown, teardownRegion } from './teardown';
import { trace } from './trace/command';
import * as workflows from './workflows';

const examples = `
Examples:
  mars create pictures --regions us-west-2,eu-west-1,ap-southeast-1
  mars status pictures --watch
  mars failed pictures && echo all is well
  mars reconcile pictures --dry-run --json

It uses the credentials and the endpoint that the environment names, as the AWS CLI does. Exit codes: 0 done, and in step;
1 failed; 2 wrong use, nothing was touched; 3 something is behind, or has failed; 130 interrupted: what was started goes on.`;

const region = (text: string): string => {
  if (isRegion(text)) return text;
  throw new InvalidArgumentError('It is no region; one is as us-east-1.');
};
const keepOrDelete = (text: string): 'Keep' | 'Delete' => {
  const found = (['Keep', 'Delete'] as const).find((each) => each.toLowerCase() === text.toLowerCase());
  if (found) return found;
  throw new InvalidArgumentError('Allowed choices are keep, delete.');
};
const minutes = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number, 0 or more.');
};

/** The operator's tool: each command starts, or reads, what is there. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = exitCodes.done;
  const json = args.includes('--json');
  const program = new Command('mars')
    .description('Keeps S3 buckets in many AWS regions in step, all of them writable')
    .addOption(
      new Option('--home <region>', 'where the stack MARS is')
        .argParser(region)
        .default(process.env.AWS_REGION ?? 'us-east-1'),
    )
    .option('--json', 'JSON, and nothing else, on standard output', false)
    .addHelpText('after', examples)
    .configureOutput({ writeErr: (text) => json || process.stderr.write(text) }) // else it is told as JSON
    .exitOverride();

  const connection = () => connect(program.opts<{ home: string }>().home);
  const command = (name: string, description: string) => program.command(name).description(description);
  /** Runs with what is installed. */
  const withMars =
    <Args extends unknown[]>(work: (context: Context, ...args: Args) => Promise<number>) =>
    async (...given: Args) => {
      code = await work({ mars: await findInstallation(connection()), json }, ...given);
    };
  const workflow = <Args extends unknown[]>(of: (mars: Installation, ...args: Args) => Workflow) =>
    withMars((context: Context, ...args: Args) => run(context, of(context.mars, ...args)));

  command('create <base>', 'make a set of buckets, one in each region')
    .requiredOption('--regions <list>', 'two or more, separated by commas')
    .action(workflow(workflows.create));
  command('delete <base>', 'remove a set; refuses while its buckets hold objects')
    .option('--empty', 'delete what the buckets hold, too', false)
    .action(workflow(workflows.remove));
  command('add-region <base> <regions...>', 'add regions to a set that is in use, and fill them').action(
    workflow(workflows.addRegions),
  );
  command('remove-region <base> <regions...>', 'take regions out of a set')
    .addOption(
      new Option('--buckets <what>', 'what becomes of their buckets: keep or delete')
        .argParser(keepOrDelete)
        .makeOptionMandatory(),
    )
    .action(workflow(workflows.removeRegions));
  command(
    'update [base]',
    'bring all regions, or those of a set, up to the root stack as it was deployed last',
  ).action(workflow(workflows.update));
  command('status [base]', 'where each region stands: in step or behind, failed, large copies')
    .option('--watch', 'again every five seconds, until Ctrl-C; with --json one line each time', false)
    .action(withMars(watchStatus));
  command('behind <base>', 'keys that do not show what they should').action(withMars(behind));
  command('failed <base>', 'keys that were given up, and why').action(withMars(failed));
  command('retry <base> <key>', 'ten more tries for a key that was given up').action(
    workflow(workflows.retry),
  );
  command('redrive <base>', 'ten more tries for all that was given up')
    .option('--prefix <prefix>', 'of the keys')
    .option('--region <region>', 'one region of the set')
    .action(workflow(workflows.redrive));
  command('reconcile <base>', 'compare all regions, and mend what differs')
    .option('--dry-run', 'compare only', false)
    .option('--deep', 'tags, headers and checksums, too: a request for each object', false)
    .option('--prefix <prefix>', 'of the keys')
    .option('--region <list>', 'judge these only')
    .addOption(
      new Option('--grace <minutes>', 'younger differences are on their way').argParser<number>(minutes),
    )
    .action(workflow(workflows.reconcile));
  command('trace <execution>', 'what an execution did, state by state')
    .option('--html <file>', 'a page that draws it, in a file that opens anywhere, instead')
    .action((executionArn: string, { html }: { html?: string }) =>
      trace(connection(), executionArn, { html, json }),
    );
  command('stop <execution>', 'end an execution that runs, and tell what becomes of what it did').action(
    (executionArn: string) => stop(connection(), executionArn, json),
  );
  command('cost', 'what a use costs a month: "mars cost --help" tells its options')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action((options: string[]) => console.log(cost([...options, ...(json ? ['--json'] : [])])));
  command('teardown', 'uninstall: base resources of all regions, then the root stack')
    .option('--delete-sets', 'and all sets, with all that they hold', false)
    .addOption(
      new Option('--region <region>', 'only the base resources of a region that no set uses any more')
        .argParser(region)
        .conflicts('deleteSets'),
    )
    .action(async (options: { deleteSets: boolean; region?: string }) => {
      const report = json ? () => {} : console.log;
      const keys = options.region
        ? await teardownRegion(connection(), report, options.region)
        : await teardown(connection(), report, options);
      if (json) console.log(JSON.stringify({ keys }, null, 2));
      else if (keys.length > 0) console.log(`KMS keys in their waiting period:\n${keys.join('\n')}`);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (thrown) {
    const error = thrown as Error;
    const isUse = error instanceof CommanderError; // it has told it itself
    if (isUse && error.exitCode === 0) return exitCodes.done;
    const reason = isUse ? error.message : `${error.message}${hintOn(error)}`;
    if (json)
      console.log(JSON.stringify({ error: isUse ? 'WrongUse' : error.name, cause: { reason } }, null, 2));
    else if (!isUse) console.error(reason);
    return isUse || error instanceof WrongUse ? exitCodes.wrongUse : exitCodes.failed;
  }
}

const hintOn = ({ name }: Error): string =>
  name === 'CredentialsProviderError'
    ? '\nnext: set AWS_PROFILE, or keys, as for the AWS CLI; for "npm run local": . .local/env'
    : '';
