import { replicaRow } from '../../functions/contracts/replication';

const stamp = { time: 0, origin: 'us-west-2' };
const row = { key: 'a', history: [], intents: [], revision: 1 };

test.each([
  ['a change of tags', 'us-west-2#tags'],
  ['a write whose own tags were put back', 'us-west-2'],
])('a row remembers which tags it gave: of %s', (_, origin) => {
  expect(replicaRow.safeParse({ ...row, tags: { ...stamp, origin, digest: 'd' } }).success).toBe(true);
});
