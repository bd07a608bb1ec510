import type { Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { errorNames } from '../functions/contracts/errors';
import { endsBadly } from './clean-up';
import { arn, type Grant, marsRole } from './roles';

/**
 * To start a state machine and wait for its end, Step Functions needs a rule of its own (Step Functions Developer Guide, "Start
 * a new AWS Step Functions state machine from a running execution", IAM permissions).
 */
export const runsMachine = (name: string, region: string): Grant[] => [
  { actions: ['states:StartExecution'], resources: [arn('states', `stateMachine:${name}`, region)] },
  {
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [arn('states', `execution:${name}:*`, region)],
  },
  {
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [arn('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule', region)],
  },
];

/**
 * Rolls back what executions left that did not end by themselves: stopped, timed out, or failed with an error of Step Functions'
 * own, after which no state follows.
 */
export function rollBackRule(stack: Stack, made: StateMachine[], rollBack: StateMachine): void {
  const name = 'MARS-RollBack';
  const role = marsRole(stack, `${name}-Events-Role`, 'events.amazonaws.com', [
    { actions: ['states:StartExecution'], resources: [rollBack.stateMachineArn] },
  ]);
  new Rule(stack, 'RollBackRule', {
    ruleName: name,
    description: 'MARS: the making of buckets was stopped, timed out or broke off',
    eventPattern: endsBadly(
      made.map(({ stateMachineArn }) => stateMachineArn),
      { error: [null, { exists: false }, { 'anything-but': [...errorNames] }] },
    ),
    targets: [new SfnStateMachine(rollBack, { role: role.withoutPolicyUpdates() })],
  });
}
