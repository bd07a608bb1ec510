import {
  Aws,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  Duration,
  Fn,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { OrchestrationEnvironment } from '../functions/contracts/environment';
import { streamParallelization } from '../functions/contracts/filters';
import {
  cleanUpCopyName,
  copyLargeObjectName,
  reconcileAllName,
  reconcileName,
  sweepCopiesName,
} from '../functions/contracts/names';
import { alarms, alarmTopic, homeAlarms } from './alarms';
import { cleanUpEventsRole } from './clean-up';
import { defaultRegions } from './default-regions';
import { cloudFormationGrants } from './grants/cloudformation';
import type { Reports } from './grants/shared';
import { homeKey } from './keys';
import { MarsFunction } from './mars-function';
import { orchestrationFunctions } from './orchestration';
import { reconcileAllGrants, reconcileGrants, reconcileSchedule, reportsBucket } from './reconcile';
import { replicationFunctions } from './replication';
import { arn, functionRole, type Grant, marsRole, sparing } from './roles';
import { rollBackRule, runsMachine } from './roll-back';
import { calledBy, definitionOf, stateMachine } from './state-machine';
import { usage } from './usage';

export interface RootStackProps extends StackProps {
  /** Folders with bundles. */
  orchestrationCode: string;
  regionalCode: string;
  /** Synthesized regional templates. */
  baseTemplate: string;
  bucketTemplate: string;
  keptBucketTemplate: string;
}

/** What builds buckets: the state machines that users start, their functions, and the roles of all regions. */
export class RootStack extends Stack {
  private readonly cloudFormationRole: Role;
  private readonly settings: { [Name in keyof OrchestrationEnvironment]: string };
  private readonly codeBuckets: string;
  private readonly functionRole: (functionName: string, grants: Grant[]) => Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RootStackProps,
  ) {
    super(scope, id, props);
    const codeBucketBaseName = this.codeBucketBaseName();
    this.codeBuckets = `arn:aws:s3:::${codeBucketBaseName}-*`;
    this.cloudFormationRole = marsRole(
      this,
      'MARS-CloudFormation-Role',
      'cloudformation.amazonaws.com',
      cloudFormationGrants(this.codeBuckets),
    );
    const key = homeKey(this);
    const { bucketName, bucketArn } = reportsBucket(this, key);
    const reports = { bucket: bucketArn, key: key.keyArn };
    this.functionRole = (name, grants) =>
      functionRole(this, name, sparing([this.codeBuckets, bucketArn], grants));
    this.settings = this.makeSettings(codeBucketBaseName, bucketName);
    this.addMachineRoles();

    const functions = this.addFunctions(reports, key);
    const started = { MARSReconcile: arn('states', `stateMachine:${reconcileName}`, Aws.REGION) };
    const rollBack = this.addMachine('MARS-RollBack', functions);
    const made = ['MARS-CreateMARSBucket', 'MARS-AddRegion'].map((name) =>
      this.addMachine(name, functions, {
        file: 'MARS-CreateMARSBucket',
        grants: ['MARS-RollBack', reconcileName].flatMap((other) => runsMachine(other, Aws.REGION)),
        machines: { MARSRollBack: rollBack.stateMachineArn, ...started },
      }),
    );
    rollBackRule(this, made, rollBack);
    for (const name of ['MARS-DeleteMARSBucket', 'MARS-RemoveRegion'])
      this.addMachine(name, functions, {
        file: 'MARS-DeleteMARSBucket',
        grants: runsMachine(reconcileName, Aws.REGION),
        machines: started,
      });
    for (const name of ['MARS-UpdateRegions', 'MARS-Redrive']) this.addMachine(name, functions);
    this.addMachine(reconcileName, functions, { grants: reconcileGrants(reports) });
    reconcileSchedule(
      this,
      this.addMachine(reconcileAllName, functions, { grants: reconcileAllGrants, machines: started }),
    );
    alarms(this, homeAlarms(), alarmTopic(this, 'MARS-Home-Alarms', key));
  }

  /**
   * A state machine that users start. `file`: of its definition, if that has not its name; `machines`: ARNs of those that it
   * starts.
   */
  private addMachine(
    name: string,
    functions: Record<string, string>,
    {
      file = name,
      grants = [],
      machines = {},
    }: { file?: string; grants?: Grant[]; machines?: Record<string, string> } = {},
  ): StateMachine {
    const called = calledBy(definitionOf(file)).flatMap((id) => functions[id] ?? []);
    const role = marsRole(this, `${name}-Role`, 'states.amazonaws.com', [
      { actions: ['lambda:InvokeFunction'], resources: called },
      ...grants,
    ]);
    const machine = stateMachine(this, name, file, { ...functions, ...machines });
    machine.node.addDependency(role);
    new CfnOutput(this, `${machine.node.id}Arn`, { value: machine.stateMachineArn });
    return machine;
  }

  private codeBucketBaseName(): string {
    const parameter = new CfnParameter(this, 'CodeBucketBaseName', {
      default: '',
      allowedPattern: '|mars-code[a-z0-9.-]*|(?!mars(-|$))[a-z0-9][a-z0-9.-]*', // mars-<BaseName>-<Region> is a set's bucket
      description:
        'Code Bucket Base Name: base name of the per-region code buckets; empty: mars-code-<account>',
    });
    const isDefault = new CfnCondition(this, 'DefaultCodeBucketBaseName', {
      expression: Fn.conditionEquals(parameter, ''),
    });
    return Fn.conditionIf(
      isDefault.logicalId,
      `mars-code-${Aws.ACCOUNT_ID}`,
      parameter.valueAsString,
    ).toString();
  }

  private makeSettings(codeBucketBaseName: string, reports: string): typeof this.settings {
    const asset = (id: string, path: string) => new Asset(this, id, { path });
    const code = asset('RegionalCode', this.props.regionalCode);
    const regions = new CfnParameter(this, 'SupportedRegions', {
      type: 'CommaDelimitedList',
      default: defaultRegions.join(','),
      description: 'Regions that MARS-CreateMARSBucket allows',
    });
    const choice = (id: string, description: string) =>
      new CfnParameter(this, id, { default: 'true', allowedValues: ['true', 'false'], description })
        .valueAsString;
    const roleIds = new Map(
      replicationFunctions.map(({ id, name, grants }) => [id, this.functionRole(name, grants).roleId]),
    );
    const roleId = (id: string) => roleIds.get(id) ?? '';
    return {
      SUPPORTED_REGIONS: Fn.join(',', regions.valueAsList),
      ACCOUNT_ID: Aws.ACCOUNT_ID,
      ASSET_BUCKET: code.s3BucketName,
      CODE_KEY: code.s3ObjectKey,
      BASE_TEMPLATE_KEY: asset('BaseTemplate', this.props.baseTemplate).s3ObjectKey,
      BUCKET_TEMPLATE_KEY: asset('BucketTemplate', this.props.bucketTemplate).s3ObjectKey,
      KEPT_BUCKET_TEMPLATE_KEY: asset('KeptBucketTemplate', this.props.keptBucketTemplate).s3ObjectKey,
      CODE_BUCKET_BASE_NAME: codeBucketBaseName,
      CLOUDFORMATION_ROLE_ARN: this.cloudFormationRole.roleArn,
      QUEUE_PROCESSOR_ROLE_ID: roleId('QueueProcessor'),
      STREAM_PROCESSOR_ROLE_ID: roleId('StreamProcessor'),
      COMPLETE_COPY_ROLE_ID: roleId('CompleteCopy'),
      ENABLE_BUCKET_METRICS: choice(
        'EnableBucketMetrics',
        'Enable Bucket Metrics: S3 request metrics on every regional bucket',
      ),
      CREATE_REGIONAL_DASHBOARDS: choice(
        'CreateRegionalDashboards',
        'Create Regional Dashboards: a CloudWatch dashboard in each region',
      ),
      STREAM_PARALLELIZATION: new CfnParameter(this, 'StreamParallelization', {
        type: 'Number',
        default: streamParallelization.usual,
        minValue: 1,
        maxValue: streamParallelization.most,
        description:
          'Stream Parallelization: batches of a shard of the journal that StreamProcessor works on at once',
      }).valueAsString,
      REPORTS_BUCKET: reports,
      RECONCILE_GRACE_MINUTES: new CfnParameter(this, 'ReconcileGraceMinutes', {
        type: 'Number',
        default: 15,
        minValue: 0,
        description: 'Reconcile Grace: minutes below which a difference is taken to be on its way',
      }).valueAsString,
      LAG_ALARM_MILLISECONDS: new CfnParameter(this, 'LagAlarmMilliseconds', {
        type: 'Number',
        default: 900_000,
        minValue: 1,
        description: 'Lag Alarm: milliseconds from a write to its replica from which an alarm is raised',
      }).valueAsString,
    };
  }

  /** Of the regional state machines, and of what starts them. */
  private addMachineRoles(): void {
    const names = new Map(replicationFunctions.map(({ id, name }) => [id, name]));
    const machines = {
      CopyLargeObject: copyLargeObjectName,
      CleanUpCopy: cleanUpCopyName,
      SweepCopies: sweepCopiesName,
    };
    for (const [file, machine] of Object.entries(machines)) {
      const called = calledBy(definitionOf(file)).map((id) => arn('lambda', `function:${names.get(id)}`));
      marsRole(this, `${machine}-Role`, 'states.amazonaws.com', [
        { actions: ['lambda:InvokeFunction'], resources: called },
      ]);
    }
    marsRole(this, cleanUpEventsRole, 'events.amazonaws.com', [
      {
        actions: ['states:StartExecution'],
        resources: [cleanUpCopyName, sweepCopiesName].map((name) => arn('states', `stateMachine:${name}`)),
      },
    ]);
  }

  /** ARNs by the names that the state machines' definitions have for them. */
  private addFunctions(reports: Reports, key: Key): Record<string, string> {
    const code = Code.fromAsset(this.props.orchestrationCode);
    usage(this, code, key, sparing([this.codeBuckets, reports.bucket], []));
    const assets = `arn:aws:s3:::${this.settings.ASSET_BUCKET}`;
    const arns = orchestrationFunctions({
      cloudFormationRole: this.cloudFormationRole.roleArn,
      assets,
      codeBuckets: this.codeBuckets,
      reports,
    }).map(({ id, entry, description, grants, timeout, memoryMegabytes }) => {
      const name = `MARS-${id}`;
      const role = this.functionRole(name, grants);
      const made = new MarsFunction(this, id, {
        name,
        entry,
        description,
        code,
        key,
        role,
        timeout: Duration.seconds(timeout),
        ...(memoryMegabytes && { memoryMegabytes }),
        environment: this.settings,
      });
      return [id, made.functionArn];
    });
    return Object.fromEntries(arns);
  }
}
