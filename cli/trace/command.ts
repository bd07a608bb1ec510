import { writeFile } from 'node:fs/promises';
import type { Connection } from '../connection';
import { WrongUse } from '../context';
import { loadTrace } from './load';
import { page } from './page';
import { text } from './text';

/** `mars trace`. @throws WrongUse when the page can't be written where it is wanted. */
export async function trace(
  connection: Connection,
  executionArn: string,
  { html, json }: { html: string | undefined; json: boolean },
): Promise<void> {
  const found = await loadTrace(connection, executionArn);
  if (html === undefined) return console.log(json ? JSON.stringify(found, null, 2) : text(found));
  try {
    await writeFile(html, page(found));
  } catch (error) {
    throw new WrongUse(`--html ${html} can't be written: ${(error as Error).message}`);
  }
  console.log(json ? JSON.stringify({ html }, null, 2) : html);
}
