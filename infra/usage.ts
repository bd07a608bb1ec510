import {
  Aws,
  CfnCondition,
  CfnMapping,
  CfnParameter,
  CfnResource,
  Duration,
  Fn,
  type Stack,
} from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { MarsFunction } from './mars-function';
import { functionRole, type Grant } from './roles';

const functionName = 'MARS-Usage';
export const usageEntry = 'usage';

/**
 * Tells once a day that MARS is in use, if the mapping `Send.AnonymousUsage.Data` is `Yes` (`cdk deploy -c SendAnonymousUsage=Yes`, or
 * by hand in the template) and an endpoint is given; docs/extending.md tells what is sent. Nothing of it is there otherwise.
 */
export function usage(stack: Stack, code: Code, key: IKey, grants: Grant[]): void {
  const Data: string = stack.node.tryGetContext('SendAnonymousUsage') ?? 'No';
  const mapping = new CfnMapping(stack, 'Send', { mapping: { AnonymousUsage: { Data } } });
  const endpoint = new CfnParameter(stack, 'UsageEndpoint', {
    default: '',
    allowedPattern: '|https://.+',
    description:
      'Usage Endpoint: where operational metrics are sent, if the mapping Send.AnonymousUsage.Data is Yes',
  });
  const condition = new CfnCondition(stack, 'SendsUsage', {
    expression: Fn.conditionAnd(
      Fn.conditionEquals(mapping.findInMap('AnonymousUsage', 'Data'), 'Yes'),
      Fn.conditionNot(Fn.conditionEquals(endpoint.valueAsString, '')),
    ),
  });
  const scope = new Construct(stack, 'Usage');
  const sender = new MarsFunction(scope, 'Function', {
    name: functionName,
    entry: usageEntry,
    description: 'MARS: tells once a day that it is in use',
    code,
    key,
    role: functionRole(scope, functionName, grants),
    timeout: Duration.seconds(30),
    // The last part of a stack's id is a random UUID that CloudFormation gave it.
    environment: {
      USAGE_ENDPOINT: endpoint.valueAsString,
      USAGE_UUID: Fn.select(2, Fn.split('/', Aws.STACK_ID)),
    },
  });
  new Rule(scope, 'Rule', {
    ruleName: functionName,
    description: 'MARS: tells once a day that it is in use',
    schedule: Schedule.rate(Duration.days(1)),
    targets: [new FunctionTarget(sender, { event: RuleTargetInput.fromObject({}) })],
  });
  for (const each of scope.node.findAll())
    if (CfnResource.isCfnResource(each)) each.cfnOptions.condition = condition;
}
