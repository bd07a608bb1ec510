import { agreedPrefix, endToEndEstimate, isOwnAccount } from '../own-account';

const agreed = (regions: string[]) => agreedPrefix('the test', endToEndEstimate, regions, () => undefined);

afterEach(() => {
  delete process.env.MARS_TEST_AGREED;
});

test.each([
  [{ AWS_PROFILE: 'mine' }, true],
  [{ AWS_ACCESS_KEY_ID: 'AKIA' }, true],
  [{ AWS_PROFILE: 'mine', AWS_ENDPOINT_URL: 'https://127.0.0.1:1' }, false],
  [{}, false],
])('credentials without an endpoint are an account of AWS itself: %j', (env, expected) => {
  expect(isOwnAccount(env)).toBe(expected);
});

test('asks before it touches anything, and names what it makes', async () => {
  process.env.MARS_TEST_AGREED = 'yes';
  expect(await agreed(['us-west-2'])).toMatch(/^e2e-[0-9a-f]{6}$/);
  process.env.MARS_TEST_AGREED = 'no';
  await expect(agreed(['us-west-2'])).rejects.toThrow('not agreed: nothing was touched');
  delete process.env.MARS_TEST_AGREED;
  await expect(agreed(['us-west-2'])).rejects.toThrow('nobody can be asked');
});

test('tells which regions are not supported as deployed', async () => {
  await expect(agreed(['us-west-2', 'mars-north-1'])).rejects.toThrow(/mars-north-1/);
});
