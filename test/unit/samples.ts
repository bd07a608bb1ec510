/** What MARS-Reconcile hands to its functions. */
export const comparison = {
  BaseName: 'pictures',
  Regions: ['us-west-2', 'eu-west-1'],
  Targets: ['eu-west-1'],
  Prefix: '',
  Deep: false,
  Repair: true,
};
export const run = {
  ...comparison,
  Bucket: 'mars-reports-111122223333-us-west-2',
  Folder: 'pictures/1/',
  Round: 1,
  RangesKey: 'pictures/1/ranges-1.json',
  Ranges: 1,
  Started: '2026-01-01T00:00:00.000Z',
  Found: [],
};
