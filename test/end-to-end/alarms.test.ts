import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import type { Installation } from '../../cli/installation';
import { homeAlarms, regionalAlarms } from '../../infra/alarms';
import { type BucketSet, createSet, installed, named, patience, removeSet } from './mars';

const set: BucketSet = { baseName: named('alarms'), regions: ['us-west-2', 'eu-west-1'] };
let mars: Installation;

beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterAll(() => removeSet(mars, set));

async function alarmsIn(cloudWatch: CloudWatchClient): Promise<MetricAlarm[]> {
  const described = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: 'MARS-', MaxRecords: 100 }),
  );
  return described.MetricAlarms ?? [];
}

const isFired = (alarms: readonly MetricAlarm[], name: string) =>
  alarms.find(({ AlarmName }) => AlarmName === name)?.StateValue === 'ALARM';

/** 99 times nothing, and once what the alarm is for. */
async function oneOf100(cloudWatch: CloudWatchClient, alarm: MetricAlarm): Promise<void> {
  const { Namespace, MetricName, Dimensions, Threshold = 0 } = alarm;
  const values = [...Array.from({ length: 99 }, () => 0), Threshold];
  const Timestamp = new Date();
  const MetricData = values.map((Value) => ({ MetricName, Dimensions, Value, Timestamp }));
  await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
}

test('in a region each alarm fires on one failure among 99 successes', async () => {
  const cloudWatch = new CloudWatchClient(mars.config('eu-west-1'));
  const specs = regionalAlarms({ lag: 900_000 }).map(({ name }) => name);
  await eachFires(cloudWatch, specs);
});

test('so do those of the home region', async () => {
  const cloudWatch = new CloudWatchClient(mars.config(mars.homeRegion));
  await eachFires(
    cloudWatch,
    homeAlarms().map(({ name }) => name),
  );
});

async function eachFires(cloudWatch: CloudWatchClient, names: readonly string[]): Promise<void> {
  const alarms = await alarmsIn(cloudWatch);
  expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual(expect.arrayContaining([...names]));
  for (const alarm of alarms.filter(({ AlarmName = '' }) => names.includes(AlarmName))) {
    expect([alarm.AlarmName, alarm.StateValue]).not.toEqual([alarm.AlarmName, 'ALARM']);
    await oneOf100(cloudWatch, alarm);
    const end = Date.now() + patience;
    while (!isFired(await alarmsIn(cloudWatch), alarm.AlarmName ?? '')) {
      if (Date.now() > end) throw new Error(`${alarm.AlarmName} stays silent`);
      await sleep(100);
    }
  }
}
