import { bucketName } from '../contracts/names';

/** Requests are counted by the bucket's metrics configuration of this name, if there is one (EnableBucketMetrics). */
const FilterId = 'EntireBucket';

/**
 * Body of the dashboard `MARS-<BaseName>`: each regional bucket side by side (CloudWatch API Reference, "Dashboard body structure
 * and syntax").
 */
export function setDashboard(baseName: string, regions: readonly string[]): string {
  type Metric = [name: string, stat: string, dimensions?: Record<string, string>];
  const graph = (title: string, ...metrics: Metric[]) => {
    const rows = regions.flatMap((region) =>
      metrics.map(([name, stat, dimensions = { FilterId }]) => {
        const of = Object.entries({ BucketName: bucketName(baseName, region), ...dimensions }).flat();
        const label = metrics.length > 1 ? `${region} ${name}` : region;
        return ['AWS/S3', name, ...of, { region, stat, label }];
      }),
    );
    const properties = { title, metrics: rows, region: regions[0], view: 'timeSeries', period: 300 };
    return { type: 'metric', width: 12, height: 6, properties };
  };
  const daily = { type: 'text', width: 24, height: 2 };
  const markdown =
    'Storage is counted once a day, in each region at another time, and with the noncurrent versions, which each region keeps for itself: regions differ for a while, and are in step all the same.';
  const storage = (StorageType: string) => ({ StorageType });
  return JSON.stringify({
    widgets: [
      graph('Requests', ['AllRequests', 'Sum']),
      graph('Bytes', ['BytesUploaded', 'Sum'], ['BytesDownloaded', 'Sum']),
      graph('Latency', ['TotalRequestLatency', 'Average'], ['FirstByteLatency', 'Average']),
      graph('Errors', ['4xxErrors', 'Sum'], ['5xxErrors', 'Sum']),
      { ...daily, properties: { markdown } },
      graph('Storage: bytes', ['BucketSizeBytes', 'Average', storage('StandardStorage')]),
      graph('Storage: objects', ['NumberOfObjects', 'Average', storage('AllStorageTypes')]),
    ],
  });
}
