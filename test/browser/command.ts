import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { runExecution } from '../../cli/execution';
import { loadTrace, type Trace } from '../../cli/trace/load';
import { page as pageOf } from '../../cli/trace/page';
import { deployRootStack } from '../../local/deploy';
import { localFolder, startEmbeddedAws } from '../../local/embedded-aws';

/**
 * `npm run test:browser`: opens traces of executions on an embedded AWS in headless Chromium (the system's, or that of CHROMIUM), as
 * a user with a mouse, with keys only, and with other colour vision does. Screenshots stay in .local/browser.
 */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const executablePath = process.env.CHROMIUM ?? places.find((place) => existsSync(place));
const folder = join(localFolder, 'browser');

/** Executions to look at: one that succeeded, one that was refused. */
async function traces(): Promise<Trace[]> {
  const aws = await startEmbeddedAws({ waitScale: 0.025 });
  try {
    const mars = await deployRootStack(aws);
    const create = () =>
      runExecution(mars.sfn(mars.homeRegion), mars.createArn, {
        BaseName: 'seen',
        Regions: 'us-west-2,eu-west-1',
      });
    const all = [await create(), await create()];
    return await Promise.all(all.map(({ executionArn }) => loadTrace(mars, executionArn)));
  } finally {
    await aws.stop();
  }
}

const heading = (page: Page) => page.locator('aside section:visible h2').innerText();

const tests: Record<string, (page: Page, trace: Trace) => Promise<void>> = {
  'it opens with what happened, and nothing is loaded from elsewhere': async (page, { name, status }) => {
    equal(await page.locator('h1').innerText(), `${name}: ${status}`);
    ok((await page.locator('svg a').count()) > 20);
  },
  'a click shows what a state did': async (page) => {
    await page.locator('svg a', { hasText: 'Validate input' }).click();
    equal(await heading(page), 'Validate input');
    match(await page.locator('aside section:visible pre').first().innerText(), /"BaseName": "seen"/);
  },
  'keys alone do, too: arrows go from state to state, Enter shows one': async (page) => {
    await page.locator('svg a').first().focus();
    const before = await page.locator('svg a:focus').getAttribute('aria-label');
    await page.keyboard.press('ArrowDown');
    const focused = await page.locator('svg a:focus').getAttribute('aria-label');
    notEqual(focused, before);
    await page.keyboard.press('Enter');
    equal(await heading(page), focused?.split(':')[0]);
  },
  'without colours, each outcome is told by a symbol and by its label': async (page) => {
    const states = await page
      .locator('svg a')
      .evaluateAll((links) =>
        links.map((link) => [
          link.getAttribute('class')?.split(' ')[0] ?? '',
          link.textContent?.trim()[0] ?? '',
          link.getAttribute('aria-label') ?? '',
        ]),
      );
    const symbolsOf = new Map<string, Set<string>>();
    for (const [outcome = '', symbol = '', label = ''] of states) {
      if (outcome === 'none') continue;
      symbolsOf.set(outcome, (symbolsOf.get(outcome) ?? new Set()).add(symbol));
      match(label, new RegExp(`: ${outcome},`));
    }
    for (const symbols of symbolsOf.values()) equal(symbols.size, 1);
    deepEqual(new Set([...symbolsOf.values()].flatMap((symbols) => [...symbols])).size, symbolsOf.size);
  },
};

async function look(browser: Browser, trace: Trace): Promise<string[]> {
  const failures: string[] = [];
  const file = join(folder, `${trace.name}-${trace.status}.html`);
  await writeFile(file, pageOf(trace));
  for (const [name, test] of Object.entries(tests)) {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${file}`);
    try {
      await test(page, trace);
      equal(asked.length, 1);
      console.log(`ok: ${trace.status}: ${name}`);
    } catch (error) {
      failures.push(name);
      console.log(`FAILED: ${trace.status}: ${name}\n${(error as Error).message}`);
    }
    await page.screenshot({ path: file.replace('.html', '.png') });
    await context.close();
  }
  console.log(`see ${file.replace('.html', '.png')}`);
  return failures;
}

if (executablePath === undefined || !existsSync(executablePath)) {
  console.error('test:browser needs Chromium: install it, or set CHROMIUM to where it is');
  process.exitCode = 1;
} else {
  await mkdir(folder, { recursive: true });
  const all = await traces();
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const failures: string[] = [];
  for (const trace of all) failures.push(...(await look(browser, trace)));
  await browser.close();
  const run = all.length * Object.keys(tests).length;
  console.log(`${run - failures.length} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
