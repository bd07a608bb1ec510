import { Aws, CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  copyLargeObjectName,
  keyExport,
  multiPartUploadTable,
  queueExport,
} from '../functions/contracts/names';
import { alarms, alarmTopic, lagParameter, regionalAlarms } from './alarms';
import { baseDashboard } from './base-dashboard';
import { changeQueue, subscribeToQueue } from './change-queue';
import { cleanUp } from './clean-up';
import { regionalKey } from './keys';
import { MarsFunction } from './mars-function';
import { measuring } from './measuring';
import { savedQueries } from './queries';
import { type ReplicationFunction, replicationFunctions } from './replication';
import { stateMachine } from './state-machine';
import { templateVersion } from './template-version';

/** What a region has once, however many sets live there: stack `MARS-BaseRegionalResources`. */
export class BaseStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const key = regionalKey(this);
    const { queue, deadLetters } = changeQueue(this, key);
    const table = this.addMultiPartUploadTable(key);

    const code = Code.fromCfnParameters({
      bucketNameParam: new CfnParameter(this, 'CodeBucket'),
      objectKeyParam: new CfnParameter(this, 'CodeKey'),
    });
    const functions = new Map(
      replicationFunctions.map((definition) => [definition.id, this.addFunction(definition, code, key)]),
    );
    const arns = Object.fromEntries([...functions].map(([id, made]) => [id, made.functionArn]));
    cleanUp(this, stateMachine(this, copyLargeObjectName, 'CopyLargeObject', arns), arns);
    const processors = ['QueueProcessor', 'StreamProcessor'].map((id) => functions.get(id) as MarsFunction);
    subscribeToQueue(queue, processors[0] as MarsFunction);
    const topic = alarmTopic(this, 'MARS-Alarms', key);
    const raised = alarms(this, regionalAlarms({ lag: lagParameter(this) }), topic);
    savedQueries(this);
    measuring(this, functions.get('Measure') as MarsFunction);
    baseDashboard(this, { processors, queue, deadLetters, table, alarms: raised });

    templateVersion(this);
    // Bucket stacks import these, so CloudFormation itself refuses to remove a base that a set lives on.
    new CfnOutput(this, 'QueueArn', { value: queue.queueArn, exportName: queueExport });
    new CfnOutput(this, 'KeyArn', { value: key.keyArn, exportName: keyExport });
  }

  private addFunction(definition: ReplicationFunction, code: Code, key: Key): MarsFunction {
    const { id, name, timeout } = definition;
    return new MarsFunction(this, id, {
      ...definition,
      code,
      key,
      role: Role.fromRoleName(this, `${id}Role`, `${name}-Role`),
      environment: { ACCOUNT_ID: Aws.ACCOUNT_ID },
      timeout: Duration.seconds(timeout),
    });
  }

  private addMultiPartUploadTable(encryptionKey: Key): Table {
    return new Table(this, 'MultiPartUploadTable', {
      tableName: multiPartUploadTable,
      partitionKey: { name: 'CopyId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
