import { randomUUID } from 'node:crypto';
import {
  DeleteBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Installation } from '../../cli/installation';
import { findStack } from '../../functions/common/cloudformation';
import { bucketName, stackNames } from '../../functions/contracts/names';
import { defaultRegions } from '../../infra/default-regions';
import { resourcesIn } from './account';
import { testEmbedded, within } from './embedded';
import {
  allAsIn,
  type BucketSet,
  causeOf,
  create,
  createSet,
  installed,
  named,
  remove,
  removeSet,
  stranger,
  takeName,
} from './mars';

let mars: Installation;
beforeAll(async () => {
  mars = await installed();
});

const stack = (region: string, name: string) => findStack(mars.cloudFormation(region), name);

/** What S3 itself tells of a bucket. */
async function propertiesOf(baseName: string, region: string): Promise<object> {
  const s3 = mars.s3(region);
  const bucket = { Bucket: bucketName(baseName, region) };
  const [versioning, encryption, access, ownership, lifecycle, policy] = await Promise.all([
    s3.send(new GetBucketVersioningCommand(bucket)),
    s3.send(new GetBucketEncryptionCommand(bucket)),
    s3.send(new GetPublicAccessBlockCommand(bucket)),
    s3.send(new GetBucketOwnershipControlsCommand(bucket)),
    s3.send(new GetBucketLifecycleConfigurationCommand(bucket)),
    s3.send(new GetBucketPolicyCommand(bucket)),
  ]);
  const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
  return {
    versioning: versioning.Status,
    encryption: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    isOneKeyForMany: rule?.BucketKeyEnabled,
    blocked: rule?.BlockedEncryptionTypes?.EncryptionType,
    access: access.PublicAccessBlockConfiguration,
    ownership: ownership.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    days: lifecycle.Rules?.map(
      ({ NoncurrentVersionExpiration, AbortIncompleteMultipartUpload }) =>
        NoncurrentVersionExpiration?.NoncurrentDays ?? AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    ),
    policy: JSON.parse(policy.Policy ?? '').Statement.map(({ Sid }: { Sid: string }) => Sid),
  };
}
const asSpecified = {
  versioning: 'Enabled',
  encryption: 'aws:kms',
  isOneKeyForMany: true,
  blocked: ['SSE-C'],
  access: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  ownership: 'BucketOwnerEnforced',
  days: [30, 7],
  policy: ['TlsOnly'],
};

test('builds a bucket in each region, refuses its name a second time, and removes it', async () => {
  const baseName = named('life');
  const regions: [string, string, string] = ['us-west-2', 'eu-west-1', 'ap-southeast-1'];
  const created = await create(mars, {
    BaseName: baseName,
    Regions: ' us-west-2, eu-west-1,ap-southeast-1 ',
  });
  expect(created).toMatchObject({
    status: 'SUCCEEDED',
    output: { BaseName: baseName, Buckets: regions.map((region) => bucketName(baseName, region)) },
  });
  const again = await create(mars, { BaseName: baseName, Regions: 'us-east-1, us-east-2' });
  expect(again).toMatchObject({ status: 'FAILED', error: 'BaseNameInUse' });
  expect(causeOf(again)).toMatchObject({ field: 'BaseName', value: baseName });

  for (const region of regions) expect(await propertiesOf(baseName, region)).toEqual(asSpecified);

  const Bucket = bucketName(baseName, 'eu-west-1');
  await mars.s3('eu-west-1').send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'text' }));
  const refused = await remove(mars, { BaseName: baseName });
  expect(refused).toMatchObject({ status: 'FAILED', error: 'BucketNotEmpty' });
  const { buckets } = causeOf(refused) as { buckets: { region: string; objects: number }[] };
  expect(buckets).toContainEqual({ region: 'eu-west-1', objects: 1, more: false });

  await removeSet(mars, { baseName, regions });
  for (const region of regions) {
    const name = bucketName(baseName, region);
    await expect(mars.s3(region).send(new HeadBucketCommand({ Bucket: name }))).rejects.toThrow();
    expect(await stack(region, stackNames.bucket(baseName))).toBeUndefined();
    expect(await stack(region, stackNames.journal(baseName))).toBeUndefined();
    expect((await stack(region, stackNames.base))?.StackStatus).toBe('CREATE_COMPLETE');
  }
  const gone = await remove(mars, { BaseName: baseName });
  expect(gone).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  expect(causeOf(gone)).toMatchObject({ field: 'BaseName', value: baseName });
});

test.each([
  ['one region', { BaseName: named('bad'), Regions: 'us-west-2' }, 'Regions'],
  ['an unsupported region', { BaseName: named('bad'), Regions: 'us-west-2, mars-north-1' }, 'Regions'],
  ['a region twice', { BaseName: named('bad'), Regions: 'us-west-2, us-west-2' }, 'Regions'],
  ['an unknown field', { BaseName: named('bad'), Regions: 'us-west-2, eu-west-1', Colour: 'red' }, 'Colour'],
  ['no BaseName', { Regions: 'us-west-2, eu-west-1' }, 'BaseName'],
  ['no Regions', { BaseName: named('bad') }, 'Regions'],
  ['nothing at all', {}, 'BaseName'],
  ['an illegal name', { BaseName: 'E2E_bad', Regions: 'us-west-2, eu-west-1' }, 'BaseName'],
])('refuses %s before it touches anything', async (_, input, field) => {
  const refused = await create(mars, input);
  expect(refused).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  expect(causeOf(refused)).toMatchObject({ field, expected: expect.any(String) });
  for (const region of ['us-west-2', 'eu-west-1']) {
    expect(await stack(region, stackNames.journal(named('bad')))).toBeUndefined();
    expect(await stack(region, stackNames.bucket(named('bad')))).toBeUndefined();
  }
});

describe('a bucket name that is taken in one region', () => {
  // Regions that no other test uses: here the base resources, too, are this execution's.
  const regions = ['us-west-1', 'eu-west-2', 'ap-northeast-1'];

  async function rollsBack(owner: S3Client): Promise<void> {
    const baseName = named(`taken-${randomUUID().slice(0, 8)}`);
    const Bucket = bucketName(baseName, 'eu-west-2');
    await takeName(owner, 'eu-west-2', Bucket);
    const failed = await create(mars, { BaseName: baseName, Regions: regions.join(',') });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'RegionFailed' });
    expect(causeOf(failed)).toEqual({
      region: 'eu-west-2',
      reason: expect.stringContaining('already exists'),
    });
    for (const region of regions) {
      for (const name of [stackNames.base, stackNames.journal(baseName), stackNames.bucket(baseName)]) {
        expect([region, name, await stack(region, name)]).toEqual([region, name, undefined]);
      }
    }
    await owner.send(new DeleteBucketCommand({ Bucket })); // it is still there: nobody else's bucket is removed
  }
  const what = 'rolls all regions back, and tells region and reason';
  test(`by this account: ${what}`, () => rollsBack(mars.s3('eu-west-2')));
  testEmbedded(`by another account: ${what}`, () => rollsBack(stranger('eu-west-2')));

  test('leaves base resources that were there before', async () => {
    const living = {
      baseName: named('living'),
      regions: ['us-west-1', 'ap-northeast-1'] as [string, string],
    };
    await createSet(mars, living);
    const baseName = named(`taken-${randomUUID().slice(0, 8)}`);
    const Bucket = bucketName(baseName, 'us-west-1');
    const owner = mars.s3('us-west-1');
    await takeName(owner, 'us-west-1', Bucket);
    const failed = await create(mars, { BaseName: baseName, Regions: 'us-west-1, ap-northeast-1' });
    expect(causeOf(failed)).toMatchObject({ region: 'us-west-1' });
    for (const region of living.regions) {
      expect((await stack(region, stackNames.base))?.StackStatus).toBe('CREATE_COMPLETE');
      expect((await stack(region, stackNames.bucket(named('living'))))?.StackStatus).toBe('CREATE_COMPLETE');
      expect(await stack(region, stackNames.bucket(baseName))).toBeUndefined();
    }
    await owner.send(new DeleteBucketCommand({ Bucket }));
    await removeSet(mars, living);
  });
});

test(
  'nine regions at once',
  async () => {
    const regions = defaultRegions.filter((region) => !['ap-northeast-2', 'ap-southeast-2'].includes(region));
    const set = { baseName: named('nine'), regions } as unknown as BucketSet;
    expect(regions).toHaveLength(9);
    await createSet(mars, set);
    const [, writer] = set.regions;
    const Bucket = bucketName(set.baseName, writer);
    await mars.s3(writer).send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'text' }));
    await allAsIn(mars, writer, set, ['a']);
    await removeSet(mars, set);
    const left = await resourcesIn(mars, regions);
    expect(left.filter((line) => line.includes(set.baseName))).toEqual([]);
  },
  within(240_000),
);
