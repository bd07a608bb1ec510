import fc from 'fast-check';
import { handlerOf as abortCopy } from '../../../functions/abort-copy/abort-copy';
import { handlerOf as bucketContents } from '../../../functions/bucket-contents/bucket-contents';
import { handlerOf as compareRange } from '../../../functions/compare-range/compare-range';
import { handlerOf as completeCopy } from '../../../functions/complete-copy/complete-copy';
import type { OrchestrationEnvironment } from '../../../functions/contracts/environment';
import { handlerOf as copyParts } from '../../../functions/copy-parts/copy-parts';
import { handlerOf as endOrphans } from '../../../functions/end-orphans/end-orphans';
import { handlerOf as endUpload } from '../../../functions/end-upload/end-upload';
import { handlerOf as measure } from '../../../functions/measure/measure';
import { handlerOf as planReconcile } from '../../../functions/plan-reconcile/plan-reconcile';
import { handlerOf as prepareCopy } from '../../../functions/prepare-copy/prepare-copy';
import { reportsIn } from '../../../functions/reconcile/reports';
import { handlerOf as redriveRegion } from '../../../functions/redrive-region/redrive-region';
import { handlerOf as regionalStack } from '../../../functions/regional-stack/regional-stack';
import { handlerOf as stageCode } from '../../../functions/stage-code/stage-code';
import { handlerOf as stopReplication } from '../../../functions/stop-replication/stop-replication';
import { handlerOf as summariseReconcile } from '../../../functions/summarise-reconcile/summarise-reconcile';
import { handlerOf as validateInput } from '../../../functions/validate-input/validate-input';
import { noArns, orchestrationFunctions } from '../../../infra/orchestration';
import { replicationFunctions } from '../../../infra/replication';
import { comparison, run as Run } from '../samples';
import { answers, item, spoiled, times } from './arbitraries';
import { accountId, assets, codeBuckets, home, reports, Wire } from './wire';

const env: OrchestrationEnvironment = {
  SUPPORTED_REGIONS: ['us-west-2', 'eu-west-1', 'ap-southeast-1'],
  ACCOUNT_ID: accountId,
  ASSET_BUCKET: assets,
  BASE_TEMPLATE_KEY: 'base.json',
  BUCKET_TEMPLATE_KEY: 'bucket.json',
  KEPT_BUCKET_TEMPLATE_KEY: 'kept.json',
  CODE_KEY: 'code.zip',
  CODE_BUCKET_BASE_NAME: codeBuckets,
  CLOUDFORMATION_ROLE_ARN: `arn:aws:iam::${accountId}:role/MARS-CloudFormation-Role`,
  QUEUE_PROCESSOR_ROLE_ID: 'AROA1',
  STREAM_PROCESSOR_ROLE_ID: 'AROA2',
  COMPLETE_COPY_ROLE_ID: 'AROA3',
  ENABLE_BUCKET_METRICS: 'true',
  CREATE_REGIONAL_DASHBOARDS: 'true',
  STREAM_PARALLELIZATION: '4',
  REPORTS_BUCKET: reports,
  RECONCILE_GRACE_MINUTES: 15,
  LAG_ALARM_MILLISECONDS: '900000',
};

const { key: _, revision: __, check: ___, sequencer: ____, ...Item } = item;
const Copy = { BaseName: 'pictures', Key: 'a', Item, Attempt: 1 };
const Execution = `arn:aws:states:${home}:${accountId}:execution:MARS-CreateMARSBucket:1`;
const Target = {
  Region: 'eu-west-1',
  BaseName: 'pictures',
  Regions: ['us-west-2', 'eu-west-1'],
  Replicates: true,
};
const asked = { Execution, Since: '2026-01-01T00:00:00.000Z', Deletions: 0 };
const redrive = { Keys: 0, Messages: 0, Listed: false, Done: false };
const request = (Workflow: string, Input: object) => ({ Workflow, Input, Execution });

type Handler = (wire: Wire) => (event: unknown) => Promise<unknown>;
const regional =
  (handlerOf: (ports: ReturnType<Wire['portsOf']>) => (event: never) => Promise<unknown>): Handler =>
  ({ portsOf }) =>
    handlerOf(portsOf(home)) as (event: unknown) => Promise<unknown>;

/** All handlers but the processors', which have tests of their own, and inputs as their state machines give them. */
const handlers: Record<string, [Handler, ...unknown[]]> = {
  PrepareCopy: [regional(prepareCopy), Copy],
  CopyParts: [
    regional(copyParts),
    { Copy, UploadId: 'u', PartSize: 8_388_608, Batch: { First: 1, Last: 2 }, IsRetry: true },
  ],
  CompleteCopy: [regional(completeCopy), { Copy, UploadId: 'u' }],
  AbortCopy: [regional(abortCopy), { Copy, Error: 'E', Reason: 'why' }],
  EndUpload: [regional(endUpload), { Copy, UploadId: 'u' }],
  EndOrphans: [regional(endOrphans), {}],
  Measure: [regional(measure), {}],
  ValidateInput: [
    ({ cloudFormation, portsOf, sfn }) =>
      validateInput({
        cloudFormation,
        supportedRegions: env.SUPPORTED_REGIONS,
        work: { sfn: sfn(home), reports: reportsIn(reports, portsOf(home)) },
      }),
    request('CreateMARSBucket', { BaseName: 'pictures', Regions: 'us-west-2, eu-west-1' }),
    request('AddRegion', { BaseName: 'pictures', Regions: 'ap-southeast-1' }),
    request('DeleteMARSBucket', { BaseName: 'pictures', EmptyBuckets: true }),
    request('RemoveRegion', { BaseName: 'pictures', Regions: 'eu-west-1', Buckets: 'Keep' }),
    request('UpdateRegions', { BaseName: 'pictures' }),
    { ...request('RollBack', { BaseName: 'pictures', Regions: 'us-west-2,eu-west-1' }), Failed: Execution },
    { Workflow: 'Reconcile', Input: { BaseName: 'pictures', Region: 'eu-west-1', GraceMinutes: 1 } },
    { Workflow: 'Redrive', Input: { BaseName: 'pictures', Key: 'a' } },
    { Workflow: 'Commit', Execution },
    { Workflow: 'Sets' },
  ],
  StageCode: [
    ({ s3 }) => stageCode({ s3, env }),
    { Action: 'Stage', Region: 'eu-west-1' },
    { Action: 'Unstage', Region: 'eu-west-1' },
  ],
  RegionalStack: [
    ({ cloudFormation, dynamoDB }) => regionalStack({ cloudFormation, dynamoDB, env }),
    ...['Look', 'Ensure', 'Update', 'RollBack', 'Remove'].flatMap((Action) =>
      ['Base', 'Journal', 'Bucket', 'KeptBucket'].map((Kind) => ({
        Action,
        Target: { Kind, ...Target },
        ...asked,
      })),
    ),
  ],
  BucketContents: [
    ({ s3 }) => bucketContents({ s3, accountId }),
    { Action: 'Count', Region: 'eu-west-1', BaseName: 'pictures' },
    { Action: 'Empty', Region: 'eu-west-1', BaseName: 'pictures', EmptyBuckets: true },
  ],
  StopReplication: [
    ({ s3, dynamoDB, lambda, sfn }) =>
      stopReplication({
        accountId,
        s3,
        dynamoDB,
        lambda,
        executions: (region) => ({ region, accountId, sfn: sfn(region), now: Date.now }),
      }),
    ...['Close', 'Open', 'Stop', 'Drain'].map((Action) => ({
      Action,
      Region: 'eu-west-1',
      BaseName: 'pictures',
    })),
  ],
  PlanReconcile: [
    ({ portsOf }) => planReconcile({ home: portsOf(home), portsOf, bucket: reports }),
    { Comparison: comparison, Execution: 'name', Started: Run.Started },
  ],
  CompareRange: [
    ({ portsOf }) => compareRange({ home: portsOf(home), portsOf, graceMinutes: 15 }),
    { Run, Range: { After: 'a', Through: 'b' }, Index: 0, Part: 0, Counts: {} },
  ],
  SummariseReconcile: [({ portsOf }) => summariseReconcile({ home: portsOf(home) }), Run],
  RedriveRegion: [
    ({ portsOf }) => redriveRegion({ portsOf }),
    { BaseName: 'pictures', Region: 'eu-west-1', Scope: { Prefix: '' }, ...redrive },
    { BaseName: 'pictures', Region: 'eu-west-1', Scope: { Key: 'a' }, ...redrive, Listed: true },
  ],
};

test('every function is among them', () => {
  const all = [...orchestrationFunctions(noArns), ...replicationFunctions].map(({ id }) => id);
  expect([...Object.keys(handlers), 'QueueProcessor', 'StreamProcessor'].sort()).toEqual(all.sort());
});

/** Inputs of each handler. */
const numRuns = 75 * times;

test.each(Object.entries(handlers))(
  '%s: whatever it is given, and whatever it is answered, it stays within its set and comes to an end',
  async (_, [handlerOf, ...samples]) => {
    await fc.assert(
      fc.asyncProperty(spoiled(...samples), answers, async (event, given) => {
        const wire = new Wire(given);
        try {
          await handlerOf(wire)(event);
        } catch (error) {
          expect(error).toBeInstanceOf(Error); // its state machine retries, or fails with it
          expect(error).not.toBeInstanceOf(TypeError); // a fault of the code, not of what came
          expect(error).not.toBeInstanceOf(RangeError);
        }
        expect(wire.faults).toEqual([]);
      }),
      { numRuns },
    );
  },
  600_000,
);
