import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What one role may do: actions, on what, under which condition. */
export interface Grant {
  actions: string[];
  resources: string[];
  isDenied?: boolean;
  conditions?: Record<string, Record<string, string | string[]>>;
}

/** A role for one function or service, by name, with nothing but `grants`. */
export function marsRole(scope: Construct, name: string, service: string, grants: Grant[]): Role {
  return new Role(scope, name.replaceAll('-', ''), {
    roleName: name,
    assumedBy: new ServicePrincipal(service),
    inlinePolicies: {
      Policy: new PolicyDocument({
        statements: grants.map(
          ({ isDenied, ...grant }) =>
            new PolicyStatement({ effect: isDenied ? Effect.DENY : Effect.ALLOW, ...grant }),
        ),
      }),
    },
  });
}

/**
 * Buckets that MARS itself runs on have names that begin as those of sets do. Whoever has no grant that names them changes nothing
 * there, even where a grant of `mars-*` would let it.
 */
export function sparing(own: readonly string[], grants: Grant[]): Grant[] {
  const isNamed = (bucket: string) =>
    grants.some(({ resources }) => resources.some((resource) => resource.startsWith(bucket)));
  const spared = own.filter((bucket) => !isNamed(bucket));
  if (spared.length === 0) return grants;
  const resources = spared.flatMap((bucket) => [bucket, `${bucket}/*`]);
  return [...grants, { isDenied: true, actions: ['s3:Put*', 's3:Delete*'], resources }];
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
