import { Aws, CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  type CfnDashboard,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { ours } from './alarms';

interface Watched {
  processors: LambdaFunction[];
  queue: Queue;
  deadLetters: Queue;
  table: Table;
  alarms: Alarm[];
}

/** Dashboard `MARS-Base-Regional-Resources-<region>`, if enabled: the three questions of an operator, then the parts. */
export function baseDashboard(
  stack: Stack,
  { processors, queue, deadLetters, table, alarms }: Watched,
): void {
  const enabled = new CfnCondition(stack, 'WithDashboard', {
    expression: Fn.conditionEquals(
      new CfnParameter(stack, 'CreateRegionalDashboards', { allowedValues: ['true', 'false'] }),
      'true',
    ),
  });
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
  const question = (markdown: string) => new TextWidget({ markdown: `## ${markdown}`, width: 24, height: 1 });
  const latency = ours('ReplicationLatency', { Destination: Aws.REGION });
  const dashboard = new Dashboard(stack, 'Dashboard', {
    dashboardName: `MARS-Base-Regional-Resources-${Aws.REGION}`,
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 4 })],
      [question('Are we in step?')],
      [
        graph('From a write to its replica here', [
          latency.with({ statistic: Stats.p(50), label: 'median' }),
          latency.with({ statistic: Stats.p(99), label: '99 %' }),
          latency.with({ label: 'longest' }),
        ]),
        graph('Changes of other regions: age of the oldest', [
          ...processors
            .slice(1)
            .map((processor) => processor.metric('IteratorAge', { statistic: Stats.MAXIMUM })),
        ]),
      ],
      [question('What is behind?')],
      [
        graph('Queue: age of the oldest message', [queue.metricApproximateAgeOfOldestMessage()]),
        graph('Queue: messages to be read, being read or waiting, delayed', [
          queue.metricApproximateNumberOfMessagesVisible(),
          queue.metricApproximateNumberOfMessagesNotVisible(),
          queue.metricApproximateNumberOfMessagesDelayed(),
        ]),
      ],
      [
        graph('Large copies under way', [ours('LargeCopiesInFlight')]),
        graph('Large copies: how long the oldest has been running', [ours('OldestLargeCopy')]),
      ],
      [question('What failed?')],
      [
        graph('Keys listed as failed', [ours('Failed')]),
        graph('DLQueue: messages', [deadLetters.metricApproximateNumberOfMessagesVisible()]),
      ],
      [question('The parts')],
      ...processors.map((processor) => [
        graph(`${processor.node.id}: calls, errors, throttles`, [
          processor.metricInvocations(),
          processor.metricErrors(),
          processor.metricThrottles(),
        ]),
        graph(`${processor.node.id}: duration`, [processor.metricDuration()]),
      ]),
      [
        graph('MultiPartUploadTable: consumed units', [
          table.metricConsumedReadCapacityUnits(),
          table.metricConsumedWriteCapacityUnits(),
        ]),
      ],
    ],
  });
  (dashboard.node.defaultChild as CfnDashboard).cfnOptions.condition = enabled;
}
