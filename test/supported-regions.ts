import { defaultRegions } from '../infra/default-regions';

/** What the end-to-end tests deploy MARS for: more than the default, for tests that no other may disturb. */
export const supportedRegions = [
  ...defaultRegions,
  'ca-central-1',
  'eu-north-1',
  'eu-west-3',
  'eu-south-1',
  'af-south-1',
  'sa-east-1',
  'ca-west-1',
  'ap-south-1',
  'me-south-1',
  'eu-central-2',
  'il-central-1',
  'eu-south-2',
  'me-central-1',
];
