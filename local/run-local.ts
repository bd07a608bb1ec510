import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { deployRootStack, environmentOf } from './deploy';
import { type EmbeddedAws, isTaken, localFolder, startEmbeddedAws } from './embedded-aws';
import { SetupError } from './python';

/**
 * `npm run local [-- --port N]`: an AWS on this machine with MARS deployed and no buckets yet, left running for any
 * client. `.local/env` (or `--settings PATH`) holds what a client needs.
 */
const options = {
  port: { type: 'string' },
  settings: { type: 'string', default: join(localFolder, 'env') },
} as const;

/** npm does not hand a SIGTERM on: when it ends, so does this. */
async function parentEnded(): Promise<void> {
  const parent = process.ppid;
  while (process.ppid === parent) await sleep(250);
}

function parsed() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new SetupError((error as Error).message);
  }
}

/** @throws SetupError when another one that runs has told its clients to look there. */
async function refuseTaken(settings: string): Promise<void> {
  const before = existsSync(settings) ? await readFile(settings, 'utf8') : '';
  const [, port] = /AWS_ENDPOINT_URL='https:\/\/127\.0\.0\.1:(\d+)'/.exec(before) ?? [];
  if (port !== undefined && (await isTaken(Number(port))))
    throw new SetupError(
      `${settings} is that of another one, which runs on port ${port}: end that, or say --settings PATH`,
    );
}

let aws: EmbeddedAws | undefined;
let written: string | undefined;
try {
  const values = parsed();
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new SetupError(`--port takes a number from 1 to 65535, not ${values.port}`);
  }
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), parentEnded()]);
  await refuseTaken(values.settings);
  const start = async () => {
    aws = await startEmbeddedAws({ ...(port !== undefined && { port }), waitScale: 0.05 });
    const mars = await deployRootStack(aws);
    const variables = {
      ...environmentOf(aws),
      MARS_CREATE_ARN: mars.createArn,
      MARS_DELETE_ARN: mars.deleteArn,
      MARS_ADD_REGION_ARN: mars.addRegionArn,
      MARS_REMOVE_REGION_ARN: mars.removeRegionArn,
      MARS_UPDATE_REGIONS_ARN: mars.updateRegionsArn,
      MARS_RECONCILE_ARN: mars.reconcileArn,
      MARS_REDRIVE_ARN: mars.redriveArn,
    };
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
    await writeFile(values.settings, lines.join(''), { mode: 0o600 });
    written = values.settings;
    console.log(`ready: ${aws.endpoint}, settings for clients in ${values.settings}`);
  };
  await Promise.race([start(), ended]);
  await ended;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  if (written !== undefined) await rm(written, { force: true });
  await aws?.stop();
}
process.exit(); // parentEnded may still be waiting
