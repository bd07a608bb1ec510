import fc from 'fast-check';
import {
  baseNameOfBucket,
  baseNameOfStream,
  bucketName,
  isBaseName,
  journalTable,
} from '../../functions/contracts/names';
import { defaultRegions } from '../../infra/default-regions';

const baseName = fc.stringMatching(/^[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}$/).filter(isBaseName);
const region = fc.constantFrom(...defaultRegions);

test('a bucket name tells its BaseName again', () => {
  fc.assert(
    fc.property(baseName, region, (name, where) => {
      expect(baseNameOfBucket(bucketName(name, where), where)).toBe(name);
    }),
  );
});

test("a stream's ARN tells its BaseName again", () => {
  fc.assert(
    fc.property(baseName, region, (name, where) => {
      const arn = `arn:aws:dynamodb:${where}:111122223333:table/${journalTable(name)}/stream/2026-11-24T00:00:00.000`;
      expect(baseNameOfStream(arn)).toBe(name);
    }),
  );
});

test.each([
  ['another region', 'mars-pictures-eu-west-1', 'us-west-2'],
  ['another prefix', 'moon-pictures-eu-west-1', 'eu-west-1'],
  ['no base name', 'mars--eu-west-1', 'eu-west-1'],
  ['upper case', 'mars-Pictures-eu-west-1', 'eu-west-1'],
])('is no MARS bucket: %s', (_, bucket, where) => {
  expect(baseNameOfBucket(bucket, where)).toBeUndefined();
});

test('other tables are no journals', () => {
  expect(
    baseNameOfStream('arn:aws:dynamodb:eu-west-1:1:table/MARS-pictures-Replicas/stream/x'),
  ).toBeUndefined();
  expect(
    baseNameOfStream('arn:aws:dynamodb:eu-west-1:1:table/MARS-MultiPartUpload/stream/x'),
  ).toBeUndefined();
});
