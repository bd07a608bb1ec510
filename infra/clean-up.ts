import { Duration, type Stack } from 'aws-cdk-lib';
import { type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { cleanUpCopyName, sweepCopiesName } from '../functions/contracts/names';
import { stateMachine } from './state-machine';

/** May start the machines below; made with the roles of all regions. */
export const cleanUpEventsRole = 'MARS-CleanUp-Events-Role';

/** How often a region is swept. */
const sweptEach = Duration.days(1);

/** Every end of an execution but a good one (Step Functions Developer Guide, "Automating Step Functions event delivery"). */
export const endsBadly = (stateMachineArn: string[], detail: object = {}): EventPattern => ({
  source: ['aws.states'],
  detailType: ['Step Functions Execution Status Change'],
  detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn, ...detail },
});

/** What cleans up after large copies: at once by their end's event, and daily for those of which none came. */
export function cleanUp(stack: Stack, copies: IStateMachine, functionArns: Record<string, string>): void {
  const role = Role.fromRoleName(stack, 'CleanUpEventsRole', cleanUpEventsRole, { mutable: false });
  const target = (name: string, file: string) =>
    new SfnStateMachine(stateMachine(stack, name, file, functionArns), { role });
  new Rule(stack, 'CleanUpRule', {
    ruleName: cleanUpCopyName,
    description: 'MARS: a large copy failed, timed out or was stopped',
    eventPattern: endsBadly([copies.stateMachineArn]),
    targets: [target(cleanUpCopyName, 'CleanUpCopy')],
  });
  new Rule(stack, 'SweepRule', {
    ruleName: sweepCopiesName,
    description: 'MARS: what large copies have left behind',
    schedule: Schedule.rate(sweptEach),
    targets: [target(sweepCopiesName, 'SweepCopies')],
  });
}
