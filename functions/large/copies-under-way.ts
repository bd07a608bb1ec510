import type { CopyRow } from '../contracts/copy';
import type { Ports } from '../replication/ports';
import { readCopy } from './copy-rows';
import { executionsOf } from './executions';

/** Large copies that run in a region, with what their rows tell; `undefined`: not begun yet. */
export async function* copiesUnderWay(ports: Ports): AsyncGenerator<CopyRow | undefined> {
  for await (const { name } of executionsOf('RUNNING', ports))
    yield await readCopy(name.split('-')[0] ?? '', ports);
}
