import type { Installation } from '../../cli/installation';
import { type BucketSet, createSet, installed, removeSet } from '../end-to-end/mars';
import { converge } from './converge';

const set: BucketSet = {
  baseName: 'converging',
  regions: ['us-east-1', 'eu-central-1', 'ap-southeast-1'],
};

let mars: Installation;

beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterAll(() => removeSet(mars, set));

test('writers, deleters and renamers of 100 keys in three regions end equal', async () => {
  const done = await converge(mars, set, { seed: 1, keys: 100, writes: 100 });
  expect(Object.values(done).every((number) => number > 0)).toBe(true);
}, 400_000);
