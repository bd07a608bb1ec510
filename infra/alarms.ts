import { Aws, CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { type MetricName, namespace, service } from '../functions/contracts/metrics';
import {
  copyLargeObjectArn,
  deadLetterQueueName,
  queueName,
  reconcileAllName,
  reconcileName,
  streamProcessorName,
} from '../functions/contracts/names';
import { replicationFunctions } from './replication';
import { arn } from './roles';

/**
 * An alarm, of which docs/runbook.md has a section under the same name. It fires at the threshold or above, within one
 * period: a single failure among any number of successes is one.
 */
export interface AlarmSpec {
  name: string;
  /** What it means. */
  description: string;
  metric: IMetric;
  threshold: number;
}

const period = Duration.minutes(5);
const minute = 60;

const aws = (
  of: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
): Metric => new Metric({ namespace: `AWS/${of}`, metricName, dimensionsMap, statistic, period });

/** One of MARS's own. */
export const ours = (metricName: MetricName, dimensions: Record<string, string> = {}): Metric =>
  new Metric({
    namespace,
    metricName,
    dimensionsMap: { service, ...dimensions },
    statistic: Stats.MAXIMUM,
    period,
  });

const ofCopies = (metricName: string): Metric => {
  const StateMachineArn = copyLargeObjectArn(Aws.REGION, Aws.ACCOUNT_ID);
  return aws('States', metricName, { StateMachineArn }, Stats.SUM);
};

/** Of a region. `lag`: milliseconds. */
export const regionalAlarms = ({ lag }: { lag: number }): AlarmSpec[] => [
  {
    name: 'MARS-QueueAge',
    description: 'A message has been in Queue for more than an hour: longer than ten tries take',
    metric: aws('SQS', 'ApproximateAgeOfOldestMessage', { QueueName: queueName }, Stats.MAXIMUM),
    threshold: 60 * minute,
  },
  {
    name: 'MARS-StreamAge',
    description: 'A change that another region journaled has not been looked at here for 15 minutes',
    metric: aws('Lambda', 'IteratorAge', { FunctionName: streamProcessorName }, Stats.MAXIMUM),
    threshold: 15 * minute * 1000,
  },
  {
    name: 'MARS-DeadLetters',
    description: 'An event of S3 could not be journaled in ten tries, or a message can not be read',
    metric: aws(
      'SQS',
      'ApproximateNumberOfMessagesVisible',
      { QueueName: deadLetterQueueName },
      Stats.MAXIMUM,
    ),
    threshold: 1,
  },
  {
    name: 'MARS-Failed',
    description: 'A key could not be replicated in ten tries, and is listed as failed',
    metric: ours('Failed'),
    threshold: 1,
  },
  {
    name: 'MARS-Lag',
    description: 'A write took longer to be replicated here than it should',
    metric: ours('ReplicationLatency', { Destination: Aws.REGION }),
    threshold: lag,
  },
  {
    name: 'MARS-CopiesFailed',
    description: 'A large copy has failed; it is tried again',
    metric: ofCopies('ExecutionsFailed'),
    threshold: 1,
  },
  {
    name: 'MARS-CopiesTimedOut',
    description: 'A large copy has timed out; it is tried again',
    metric: ofCopies('ExecutionsTimedOut'),
    threshold: 1,
  },
  {
    name: 'MARS-CopyStuck',
    description: 'A large copy has been running for twelve hours',
    metric: ours('OldestLargeCopy'),
    threshold: 12 * 60 * minute,
  },
  ...replicationFunctions.map(({ name }) => ({
    name: `${name}-Errors`,
    description: `${name} has failed`,
    metric: aws('Lambda', 'Errors', { FunctionName: name }, Stats.SUM),
    threshold: 1,
  })),
  ...replicationFunctions
    .filter(({ id }) => ['QueueProcessor', 'StreamProcessor'].includes(id))
    .map(({ name }) => ({
      name: `${name}-Throttles`,
      description: `${name} was not allowed to run: its account has no concurrency left`,
      metric: aws('Lambda', 'Throttles', { FunctionName: name }, Stats.SUM),
      threshold: 1,
    })),
];

/** Of the home region. */
export const homeAlarms = (): AlarmSpec[] => [
  {
    name: 'MARS-ReconcileDifferences',
    description: 'MARS-Reconcile ended with differences left',
    metric: ours('ReconcileDifferences'),
    threshold: 1,
  },
  {
    name: 'MARS-ReconcileFailed',
    description: 'MARS-Reconcile has failed',
    metric: ofHome(reconcileName, 'ExecutionsFailed'),
    threshold: 1,
  },
  {
    name: 'MARS-ReconcileTimedOut',
    description: 'MARS-Reconcile did not come to its end',
    metric: ofHome(reconcileName, 'ExecutionsTimedOut'),
    threshold: 1,
  },
  {
    name: 'MARS-ReconcileNotStarted',
    description: 'The schedule could not start MARS-Reconcile for all sets',
    metric: ofHome(reconcileAllName, 'ExecutionsFailed'),
    threshold: 1,
  },
];

function ofHome(machine: string, metricName: string): Metric {
  const StateMachineArn = arn('states', `stateMachine:${machine}`, Aws.REGION);
  return aws('States', metricName, { StateMachineArn }, Stats.SUM);
}

/** Where alarms go; users subscribe. */
export function alarmTopic(stack: Stack, topicName: string, masterKey: IKey): Topic {
  const topic = new Topic(stack, 'Alarms', {
    topicName,
    displayName: 'MARS',
    enforceSSL: true,
    masterKey,
  });
  // This lets CloudWatch use the key, too (CloudWatch User Guide, "Notifying users on alarm changes").
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return topic;
}

export function alarms(stack: Stack, specs: readonly AlarmSpec[], topic: ITopic): Alarm[] {
  return specs.map(({ name, description, metric, threshold }) => {
    const alarm = new Alarm(stack, name.replaceAll('-', ''), {
      alarmName: name,
      alarmDescription: `${description}. See docs/runbook.md, "${name}"`,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
}

/** `lag` of {@link regionalAlarms}, as the user has chosen it. */
export const lagParameter = (stack: Stack): number =>
  new CfnParameter(stack, 'LagAlarmMilliseconds', { type: 'Number' }).valueAsNumber;
