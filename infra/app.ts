import { join } from 'node:path';
import {
  App,
  CliCredentialsStackSynthesizer,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
} from 'aws-cdk-lib';
import { BaseStack } from './base-stack';
import { BucketStack } from './bucket-stack';
import { bundle } from './bundle';
import { orchestrationEntries } from './orchestration';
import { replicationFunctions } from './replication';
import { RootStack, type RootStackProps } from './root-stack';
import { usageEntry } from './usage';

/** Beside CDK's output, so that two syntheses at once don't meet. */
const build = join(process.env.CDK_OUTDIR ?? join(import.meta.dirname, '../build/cdk.out'), '..');

/** The regional stacks are not deployed from here: their templates are assets of the root stack. */
function regionalTemplates(): Pick<RootStackProps, 'baseTemplate' | 'bucketTemplate' | 'keptBucketTemplate'> {
  const app = new App({ outdir: join(build, 'regional-templates'), analyticsReporting: false });
  // No assets, and nothing to bootstrap in the regions. (The cast: CDK's own classes don't meet its interface under
  // TypeScript's exactOptionalPropertyTypes.)
  const plain = () => new LegacyStackSynthesizer() as IStackSynthesizer;
  const base = new BaseStack(app, 'BaseRegionalResources', {
    synthesizer: plain(),
    description: 'MARS: what a region has once',
  });
  const bucket = new BucketStack(app, 'RegionalResources', {
    synthesizer: plain(),
    description: "MARS: a set's bucket in a region",
  });
  const kept = new BucketStack(app, 'KeptRegionalResources', {
    synthesizer: plain(),
    description: "MARS: what stays of a set's bucket in a region that leaves the set",
    isKept: true,
  });
  const { directory } = app.synth();
  return {
    baseTemplate: join(directory, base.templateFile),
    bucketTemplate: join(directory, bucket.templateFile),
    keptBucketTemplate: join(directory, kept.templateFile),
  };
}

const app = new App({ analyticsReporting: false });

/** `-c assetBucket=NAME`: assets go to a bucket of the user's, and nothing has to be bootstrapped. */
const assetBucket: string | undefined = app.node.tryGetContext('assetBucket');

new RootStack(app, 'multi-region-asynchronous-object-replication-solution', {
  stackName: 'MARS',
  description: 'MARS: keeps S3 buckets in many regions in step',
  ...regionalTemplates(),
  orchestrationCode: bundle([...orchestrationEntries, usageEntry], join(build, 'orchestration')),
  regionalCode: bundle(
    replicationFunctions.map(({ entry }) => entry),
    join(build, 'regional'),
  ),
  ...(assetBucket && {
    synthesizer: new CliCredentialsStackSynthesizer({
      fileAssetsBucketName: assetBucket,
    }) as IStackSynthesizer,
  }),
});
