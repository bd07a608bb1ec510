import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface MarsFunctionProps {
  name: string;
  /** The function's file in the code: `<entry>.js`. */
  entry: string;
  code: Code;
  /** Of its logs. */
  key: IKey;
  role: IRole;
  description: string;
  timeout: Duration;
  environment: Record<string, string>;
  memoryMegabytes?: number;
}

/** A Lambda function with the defaults of the house, and its log group, which goes with the stack. */
export class MarsFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: MarsFunctionProps) {
    super(scope, id, {
      functionName: props.name,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: `${props.entry}.handler`,
      role: props.role,
      timeout: props.timeout,
      memorySize: props.memoryMegabytes ?? 256,
      environment: props.environment,
      logGroup: new LogGroup(scope, `${id}Logs`, {
        logGroupName: `/aws/lambda/${props.name}`,
        encryptionKey: props.key,
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
  }
}
