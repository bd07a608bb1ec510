import { App, type IStackSynthesizer, LegacyStackSynthesizer } from 'aws-cdk-lib';
import { BaseStack } from '../../infra/base-stack';
import { BucketStack } from '../../infra/bucket-stack';
import { RootStack } from '../../infra/root-stack';

/** All stacks but the journal's, which no CDK app makes; with anything for bundles and templates of regions. */
const app = new App({ analyticsReporting: false });
const synthesizer = () => new LegacyStackSynthesizer() as IStackSynthesizer;
const file = import.meta.filename;
const folder = import.meta.dirname;

export const stacks = {
  base: new BaseStack(app, 'Base', { synthesizer: synthesizer() }),
  bucket: new BucketStack(app, 'Bucket', { synthesizer: synthesizer() }),
  kept: new BucketStack(app, 'Kept', { synthesizer: synthesizer(), isKept: true }),
  root: new RootStack(app, 'Root', {
    orchestrationCode: folder,
    regionalCode: folder,
    baseTemplate: file,
    bucketTemplate: file,
    keptBucketTemplate: file,
  }),
};
