import type { CreateStackCommandInput, Parameter } from '@aws-sdk/client-cloudformation';
import type { OrchestrationEnvironment } from '../contracts/environment';
import { codeBucket, stackNames } from '../contracts/names';
import type { StackTarget } from '../contracts/stacks';
import { executionTag } from './advance';
import { journalTemplate } from './journal-template';

export const stackName = ({ Kind, BaseName }: StackTarget): string =>
  ({
    Base: stackNames.base,
    Journal: stackNames.journal(BaseName),
    Bucket: stackNames.bucket(BaseName),
  })[Kind];

const parameters = (values: Record<string, string>): Parameter[] =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

/**
 * What CloudFormation is asked to create. `streamArn` is the journal's stream in the target's region, which only
 * DescribeTable tells (GlobalTable's StreamArn is that of the stack's own region).
 */
export function stackInput(
  target: StackTarget,
  execution: string,
  env: OrchestrationEnvironment,
  streamArn: string,
): CreateStackCommandInput {
  const code = codeBucket(env.CODE_BUCKET_BASE_NAME, target.Region);
  const template = (key: string) => ({
    TemplateURL: `https://s3.${target.Region}.amazonaws.com/${code}/${key}`,
  });
  const common = {
    StackName: stackName(target),
    RoleARN: env.CLOUDFORMATION_ROLE_ARN,
    TimeoutInMinutes: 60, // then CloudFormation itself rolls back: a creation that hangs comes to an end
    Tags: [{ Key: executionTag, Value: execution }],
  };
  switch (target.Kind) {
    case 'Base':
      return {
        ...common,
        ...template(env.BASE_TEMPLATE_KEY),
        Parameters: parameters({
          CodeBucket: code,
          CodeKey: env.CODE_KEY,
          QueueProcessorRoleId: env.QUEUE_PROCESSOR_ROLE_ID,
          StreamProcessorRoleId: env.STREAM_PROCESSOR_ROLE_ID,
          CompleteCopyRoleId: env.COMPLETE_COPY_ROLE_ID,
          CreateRegionalDashboards: env.CREATE_REGIONAL_DASHBOARDS,
          LagAlarmMilliseconds: env.LAG_ALARM_MILLISECONDS,
        }),
      };
    case 'Journal':
      return {
        ...common,
        TemplateBody: JSON.stringify(
          journalTemplate(target.BaseName, target.Regions, {
            withDashboard: env.CREATE_REGIONAL_DASHBOARDS === 'true',
          }),
        ),
      };
    case 'Bucket':
      return {
        ...common,
        ...template(env.BUCKET_TEMPLATE_KEY),
        Parameters: parameters({
          BaseName: target.BaseName,
          JournalStreamArn: streamArn,
          EnableBucketMetrics: env.ENABLE_BUCKET_METRICS,
        }),
      };
  }
}
