import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What one role may do: actions, on what, under which condition. */
export interface Grant {
  actions: string[];
  resources: string[];
  conditions?: Record<string, Record<string, string | string[]>>;
}

/** A role for one function or service, by name, with nothing but `grants`. */
export function marsRole(scope: Construct, name: string, service: string, grants: Grant[]): Role {
  return new Role(scope, name.replaceAll('-', ''), {
    roleName: name,
    assumedBy: new ServicePrincipal(service),
    inlinePolicies: {
      Policy: new PolicyDocument({
        statements: grants.map((grant) => new PolicyStatement({ effect: Effect.ALLOW, ...grant })),
      }),
    },
  });
}

/** A function's role also writes its own logs. */
export const functionRole = (scope: Construct, functionName: string, grants: Grant[]): Role =>
  marsRole(scope, `${functionName}-Role`, 'lambda.amazonaws.com', [
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [arn('logs', `log-group:/aws/lambda/${functionName}:*`)],
    },
    ...grants,
  ]);

/** In this account; in any region, since one role serves all regions. */
export const arn = (service: string, resource: string, region = '*'): string =>
  `arn:${Aws.PARTITION}:${service}:${region}:${Aws.ACCOUNT_ID}:${resource}`;
