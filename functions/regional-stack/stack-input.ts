import type { CreateStackCommandInput, Parameter, Stack } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { listOf } from '../common/cloudformation';
import { digestOf } from '../common/digest';
import type { OrchestrationEnvironment } from '../contracts/environment';
import {
  codeBucket,
  journalTable,
  leftParameter,
  regionsParameter,
  replicatesParameter,
  stackNames,
  streamParameter,
  templateParameter,
} from '../contracts/names';
import type { StackTarget } from '../contracts/stacks';
import { journalTemplate } from './journal-template';

const stackName = ({ Kind, BaseName }: StackTarget): string =>
  ({
    Base: stackNames.base,
    Journal: stackNames.journal(BaseName),
    Bucket: stackNames.bucket(BaseName),
    KeptBucket: stackNames.bucket(BaseName),
  })[Kind];

type Template = Pick<CreateStackCommandInput, 'TemplateURL' | 'TemplateBody'>;

export interface StackInput extends Template {
  StackName: string;
  RoleARN: string;
  Parameters: (Parameter & { ParameterKey: string; ParameterValue: string })[];
}

/** The stack as this version of MARS, with its parameters, has it. */
export function stackInput(target: StackTarget, env: OrchestrationEnvironment): StackInput {
  const { template, version, values } = partsOf(target, env);
  const parameters = { ...values, [templateParameter]: version };
  return {
    StackName: stackName(target),
    RoleARN: env.CLOUDFORMATION_ROLE_ARN,
    ...template,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  };
}

/** Whether a stack has all these values: of its template, too, which is named by one of them. */
export const isCurrent =
  ({ Parameters }: StackInput) =>
  (stack: Stack): boolean =>
    Parameters.every(({ ParameterKey, ParameterValue }) =>
      stack.Parameters?.some(
        (found) => found.ParameterKey === ParameterKey && found.ParameterValue === ParameterValue,
      ),
    );

/** The journal's stream in a region, which only DescribeTable tells: GlobalTable's StreamArn is that of the stack's own region. */
export async function withStream(
  input: StackInput,
  baseName: string,
  dynamoDB: Pick<DynamoDBClient, 'send'>,
): Promise<StackInput> {
  const { Table } = await dynamoDB.send(new DescribeTableCommand({ TableName: journalTable(baseName) }));
  const stream = { ParameterKey: streamParameter, ParameterValue: Table?.LatestStreamArn ?? '' };
  return { ...input, Parameters: [...input.Parameters, stream] };
}

/** Home first; the others so that the same set has the same template. */
const inOrder = ({ Region, Regions }: StackTarget): string[] => [
  Region,
  ...Regions.filter((region) => region !== Region).sort(),
];

/**
 * The journal on its way to its regions: "you can only add or remove a single replica in each update" (CloudFormation Template
 * Reference, AWS::DynamoDB::GlobalTable).
 */
export function oneStepTowards(target: StackTarget, stack: Stack | undefined): StackTarget {
  const there = listOf(stack, regionsParameter);
  if (target.Kind !== 'Journal' || there.length === 0) return target;
  const added = target.Regions.find((region) => !there.includes(region));
  const removed = there.find((region) => !target.Regions.includes(region));
  if (added) return { ...target, Regions: [...there, added] };
  return { ...target, Regions: there.filter((region) => region !== removed) };
}

/** What an update must say besides, or it would be lost: CloudFormation takes the default for what is not named. */
export function keptParameters({ Kind, Leaving = [] }: StackTarget, stack: Stack | undefined): Parameter[] {
  if (Kind === 'Bucket') return [{ ParameterKey: streamParameter, UsePreviousValue: true }];
  if (Kind !== 'Journal') return [];
  const all = [...new Set([...listOf(stack, leftParameter), ...Leaving])];
  return [{ ParameterKey: leftParameter, ParameterValue: all.join() }];
}

interface Parts {
  template: Template;
  version: string;
  values: Record<string, string>;
}

function partsOf(target: StackTarget, env: OrchestrationEnvironment): Parts {
  const code = codeBucket(env.CODE_BUCKET_BASE_NAME, target.Region);
  const staged = (key: string) => ({
    version: key,
    template: { TemplateURL: `https://s3.${target.Region}.amazonaws.com/${code}/${key}` },
  });
  switch (target.Kind) {
    case 'Base':
      return {
        ...staged(env.BASE_TEMPLATE_KEY),
        values: {
          CodeBucket: code,
          CodeKey: env.CODE_KEY,
          QueueProcessorRoleId: env.QUEUE_PROCESSOR_ROLE_ID,
          StreamProcessorRoleId: env.STREAM_PROCESSOR_ROLE_ID,
          CompleteCopyRoleId: env.COMPLETE_COPY_ROLE_ID,
          CreateRegionalDashboards: env.CREATE_REGIONAL_DASHBOARDS,
          LagAlarmMilliseconds: env.LAG_ALARM_MILLISECONDS,
        },
      };
    case 'Journal': {
      const regions = inOrder(target);
      const withDashboard = env.CREATE_REGIONAL_DASHBOARDS === 'true';
      const TemplateBody = JSON.stringify(journalTemplate(target.BaseName, regions, { withDashboard }));
      return {
        template: { TemplateBody },
        version: digestOf(TemplateBody),
        values: { [regionsParameter]: regions.join() },
      };
    }
    case 'Bucket':
      return {
        ...staged(env.BUCKET_TEMPLATE_KEY),
        values: {
          BaseName: target.BaseName,
          EnableBucketMetrics: env.ENABLE_BUCKET_METRICS,
          StreamParallelization: env.STREAM_PARALLELIZATION,
          [replicatesParameter]: String(target.Replicates),
        },
      };
    case 'KeptBucket':
      return { ...staged(env.KEPT_BUCKET_TEMPLATE_KEY), values: { BaseName: target.BaseName } };
  }
}
