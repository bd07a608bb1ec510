import { Aws, Duration, type Stack } from 'aws-cdk-lib';
import { CfnRule, Schedule } from 'aws-cdk-lib/aws-events';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** How often what stands open is counted: 8,640 calls a month. */
const each = Duration.minutes(5);

/** Calls MARS-Measure by the clock. */
export function measuring(stack: Stack, measure: LambdaFunction): void {
  const rule = new CfnRule(stack, 'MeasureRule', {
    name: 'MARS-Measure',
    description: 'MARS: counts what has failed, and large copies under way',
    scheduleExpression: Schedule.rate(each).expressionString,
    targets: [{ id: 'Function', arn: measure.functionArn }],
  });
  new CfnPermission(stack, 'MeasurePermission', {
    action: 'lambda:InvokeFunction',
    functionName: measure.functionName,
    principal: 'events.amazonaws.com',
    sourceAccount: Aws.ACCOUNT_ID,
    sourceArn: rule.attrArn,
  });
}
