import { once } from 'node:events';
import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  DeleteBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { connect } from '../../cli/connection';
import { outputOf, runExecution } from '../../cli/execution';
import { type Installation, rootStackName } from '../../cli/installation';
import { baseKeysIn } from '../../cli/remove-base';
import { stackAtRest } from '../../cli/stacks';
import { findStack, parameterOf } from '../../functions/common/cloudformation';
import {
  bucketName,
  queueProcessorName,
  stackNames,
  templateParameter,
} from '../../functions/contracts/names';
import { defaultRegions } from '../../infra/default-regions';
import { createRootStack, environmentOf, publishRootStack } from '../../local/deploy';
import { type EmbeddedAws, homeRegion, startEmbeddedAws } from '../../local/embedded-aws';
import { resourcesIn } from '../end-to-end/account';
import { callThrough, faultyProxy } from '../end-to-end/faulty-proxy';
import { again, allAsIn, type BucketSet, createSet, removeSet, takeName } from '../end-to-end/mars';
import { formerly, type OlderVersion, publishOlderVersion } from './older-version';
import { startMars } from './program';

/** From the first deployment to the last resource: an account of its own, in which an older version of MARS is installed. */
const set: BucketSet = { baseName: 'life', regions: ['us-west-2', 'eu-west-1'] };
const [here, there] = set.regions;
/** In the end no set has a bucket there. */
const unused = 'ap-southeast-1';

let aws: EmbeddedAws;
let before: string[];
let mars: Installation;
let templateUrl: string;
let version: OlderVersion;
beforeAll(async () => {
  aws = await startEmbeddedAws({ waitScale: 0.025 });
  const account = connect(homeRegion, aws.clientConfig);
  templateUrl = await publishRootStack(aws);
  before = await resourcesIn(account, defaultRegions);
  version = await publishOlderVersion(templateUrl, account);
  mars = await createRootStack(aws, version.templateUrl, { CreateRegionalDashboards: 'false' });
  await createSet(mars, set);
}, 120_000);
afterAll(() => aws.stop());

const update = async (input: object = {}): Promise<unknown> =>
  outputOf(await runExecution(mars.sfn(homeRegion), mars.updateRegionsArn, input));

/** Which templates a region's stacks are of, and what tells the older version's from this one's. */
async function installedIn(region: string) {
  const [base, bucket] = await Promise.all(
    [stackNames.base, stackNames.bucket(set.baseName)].map((name) =>
      findStack(mars.cloudFormation(region), name),
    ),
  );
  const { Timeout } = await mars
    .lambda(region)
    .send(new GetFunctionConfigurationCommand({ FunctionName: queueProcessorName }));
  const { Rules = [] } = await mars
    .s3(region)
    .send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucketName(set.baseName, region) }));
  return {
    BASE_TEMPLATE_KEY: parameterOf(base, templateParameter),
    BUCKET_TEMPLATE_KEY: parameterOf(bucket, templateParameter),
    CODE_KEY: parameterOf(base, 'CodeKey'),
    timeout: Timeout,
    noncurrentDays: Rules[0]?.NoncurrentVersionExpiration?.NoncurrentDays,
  };
}

test('a newer version comes to all regions under a load of writes, and none is lost', async () => {
  for (const region of set.regions)
    expect(await installedIn(region)).toEqual({ ...version.older, ...formerly });
  const writerOf = (number: number) => (number % 2 ? here : there);
  const end = again(50, async (number) => {
    const region = writerOf(number);
    const Key = `${number}`;
    const Body = number % 100 === 50 ? Buffer.alloc(17_000_000, Key) : Key;
    const Bucket = bucketName(set.baseName, region);
    await mars.s3(region).send(new PutObjectCommand({ Bucket, Key, Body }));
  });
  const home = mars.cloudFormation(homeRegion);
  await home.send(
    new UpdateStackCommand({
      StackName: rootStackName,
      TemplateURL: templateUrl,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: [{ ParameterKey: 'CreateRegionalDashboards', ParameterValue: 'true' }],
    }),
  );
  await stackAtRest(home, rootStackName);
  const updated = await update();
  const written = await end();
  expect(updated).toEqual({ Regions: set.regions, BaseNames: [set.baseName] });

  for (const region of set.regions)
    expect(await installedIn(region)).toEqual({ ...version.newer, timeout: 60, noncurrentDays: 30 });
  expect(await resourcesIn(mars, [here])).toContain(
    `${here} AWS::CloudWatch::Dashboard MARS-${set.baseName}`,
  );
  for (let number = 0; number < written; number++) await allAsIn(mars, writerOf(number), set, [`${number}`]);
  expect(await update({ BaseName: set.baseName })).toMatchObject({ BaseNames: [set.baseName] });
}, 240_000);

test('a set is made though CloudFormation throttles, and a function hangs until its time is over', async () => {
  const FunctionName = 'MARS-RegionalStack';
  const home = mars.lambda(homeRegion);
  const proxy = await faultyProxy(environmentOf(aws));
  await callThrough(home, [FunctionName], proxy.endpoint);
  await home.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 3 }));
  let throttled = 20; // more than the SDK's own tries: the workflow must try again
  let hung = 2;
  proxy.fault = ({ headers }) => {
    if (!headers.authorization?.includes('/cloudformation/')) return undefined;
    if (throttled > 0) {
      throttled--;
      return { status: 400, code: 'Throttling' };
    }
    return hung-- > 0 ? new Promise(() => {}) : undefined;
  };
  const troubled: BucketSet = { baseName: 'troubled', regions: [there, here, unused] };
  await createSet(mars, troubled);
  expect([throttled, hung < 0]).toEqual([0, true]);
  await callThrough(home, [FunctionName], undefined);
  await home.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 60 }));
  await removeSet(mars, troubled);
  await proxy.close();
}, 120_000);

test('teardown leaves nothing', async () => {
  const teardown = async (...args: string[]) => {
    const { child, output } = startMars(['teardown', ...args], environmentOf(aws));
    const [code] = await once(child, 'close');
    return { code, output: output() };
  };
  const Bucket = bucketName('kept', here);
  const s3 = mars.s3(here);
  const [KMSMasterKeyID = ''] = await baseKeysIn(here, mars);
  const Rules = [
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID } },
  ];
  await takeName(s3, here, Bucket);
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  expect(await teardown()).toMatchObject({
    code: 2,
    output: expect.stringContaining(`re-encrypt them: ${Bucket}`),
  });
  await s3.send(new DeleteBucketCommand({ Bucket }));
  expect(await teardown('--region', here)).toMatchObject({
    code: 2,
    output: expect.stringContaining(`sets have buckets in ${here}: ${set.baseName}`),
  });
  expect(await teardown('--region', unused)).toMatchObject({
    code: 0,
    output: expect.stringContaining(`${unused}: base resources removed`),
  });
  expect(await findStack(mars.cloudFormation(unused), stackNames.base)).toBeUndefined();
  expect(await teardown()).toMatchObject({
    code: 2,
    output: expect.stringContaining(`--delete-sets: ${set.baseName}`),
  });
  const { code, output } = await teardown('--delete-sets');
  expect(output).toContain('KMS keys in their waiting period');
  expect(code).toBe(0);
  expect(await resourcesIn(connect(homeRegion, aws.clientConfig), defaultRegions)).toEqual(before);
}, 120_000);
