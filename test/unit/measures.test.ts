import { metrics, namespace, service } from '../../functions/contracts/metrics';
import { Measures } from '../../functions/replication/measures';

/** Lines of a log, as Powertools writes them to Node's console in this mode. */
function told(run: (measures: Measures) => void) {
  process.env.POWERTOOLS_DEV = 'true';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    const measures = new Measures();
    run(measures);
    measures.publish();
  } finally {
    console.log = log;
  }
  return lines.map((line) => JSON.parse(line));
}

test('latencies of a call are one line for each origin, under the dimensions that the alarm has', () => {
  const lines = told(({ add }) => {
    for (const [origin, value] of [
      ['a', 1],
      ['b', 5],
      ['a', 3],
    ] as const)
      add('ReplicationLatency', value, { Destination: 'here' }, { Origin: origin });
  });
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ service, Destination: 'here', Origin: 'a', ReplicationLatency: [1, 3] });
  expect(lines[0]._aws.CloudWatchMetrics).toEqual([
    {
      Namespace: namespace,
      Dimensions: [
        ['service', 'Destination'],
        ['service', 'Origin'],
      ],
      Metrics: [{ Name: 'ReplicationLatency', Unit: metrics.ReplicationLatency }],
    },
  ]);
});

test('what stands open has no other dimension than the service', () => {
  const [line] = told(({ add }) => add('Failed', 0));
  expect(line).toMatchObject({ service, Failed: 0 });
  expect(line._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service']]);
});

test('more than a hundred values are lines of a hundred', () => {
  const lines = told(({ add }) => {
    for (let value = 0; value < 250; value++) add('ReplicationLatency', value, { Destination: 'here' });
  });
  expect(lines.map((line) => line.ReplicationLatency.length)).toEqual([100, 100, 50]);
  expect(lines[2]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'Destination']]);
});
