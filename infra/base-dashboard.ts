import { Aws, CfnCondition, CfnParameter, Duration, Fn, type Stack } from 'aws-cdk-lib';
import { type CfnDashboard, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** Dashboard `MARS-Base-Regional-Resources-<region>`, if enabled: both processors, Queue and MultiPartUploadTable. */
export function baseDashboard(
  stack: Stack,
  watched: { processors: LambdaFunction[]; queue: Queue; deadLetters: Queue; table: Table },
): void {
  const { processors, queue, deadLetters, table } = watched;
  const enabled = new CfnCondition(stack, 'WithDashboard', {
    expression: Fn.conditionEquals(
      new CfnParameter(stack, 'CreateRegionalDashboards', { allowedValues: ['true', 'false'] }),
      'true',
    ),
  });
  const period = { period: Duration.minutes(1) };
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
  const dashboard = new Dashboard(stack, 'Dashboard', {
    dashboardName: `MARS-Base-Regional-Resources-${Aws.REGION}`,
    widgets: [
      ...processors.map((processor) => [
        graph(`${processor.node.id}: calls, errors, throttles`, [
          processor.metricInvocations(period),
          processor.metricErrors(period),
          processor.metricThrottles(period),
        ]),
        graph(`${processor.node.id}: duration`, [processor.metricDuration(period)]),
      ]),
      [
        graph('Queue: age of the oldest message', [queue.metricApproximateAgeOfOldestMessage(period)]),
        graph('Queue and DLQueue: messages', [
          queue.metricApproximateNumberOfMessagesVisible(period),
          deadLetters.metricApproximateNumberOfMessagesVisible(period),
        ]),
      ],
      [
        graph('MultiPartUploadTable: consumed units', [
          table.metricConsumedReadCapacityUnits(period),
          table.metricConsumedWriteCapacityUnits(period),
        ]),
      ],
    ],
  });
  (dashboard.node.defaultChild as CfnDashboard).cfnOptions.condition = enabled;
}
