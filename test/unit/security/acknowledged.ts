/** Findings of cdk-nag's AwsSolutions and of cfn-lint that stand, each with its reason. All others fail the tests. */
export const acknowledged: { finding: RegExp; reason: string }[] = [
  {
    finding: /^IAM5\[Resource::arn:<AWS::Partition>:s3:::mars-\*(\/\*)?\]$/,
    reason:
      'the prefix of all buckets of sets: one function serves them all. A condition asks for this account',
  },
  {
    finding:
      /^IAM5\[Resource::arn:<AWS::Partition>:\w+:(\*|<AWS::Region>|):<AWS::AccountId>:[\w:/-]*MARS-[^\]]*\]$/,
    reason: 'the prefix of what MARS makes, in this account; any region, since a role serves all regions',
  },
  {
    finding: /^IAM5\[Resource::arn:<AWS::Partition>:kms:\*:<AWS::AccountId>:alias\/MARS\]$/,
    reason: 'the alias of every region',
  },
  {
    finding: /^IAM5\[Resource::arn:<AWS::Partition>:kms:\*:<AWS::AccountId>:key\/\*\]$/,
    reason:
      'keys have no names: functions may use those behind alias/MARS only, and only through S3, SQS and DynamoDB; CloudFormation makes and removes them, when a condition on a tag or alias is not in force yet',
  },
  {
    finding: /^IAM5\[Resource::arn:<AWS::Partition>:lambda:\*:<AWS::AccountId>:event-source-mapping:\*\]$/,
    reason: 'mappings have no names; to change one, it must feed a function of MARS',
  },
  {
    finding: /^IAM5\[Resource::<Reports65402A0A\.Arn>\/(locks\/|commits\/)?\*\]$/,
    reason: 'the objects of the bucket for reports',
  },
  {
    finding: /^IAM5\[Resource::arn:aws:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>\/\*\]$/,
    reason: 'objects of the bucket that CDK brought templates and code to',
  },
  {
    finding: /^IAM5\[Resource::arn:aws:s3:::\{"Fn::If":\["DefaultCodeBucketBaseName",.*\]\}-\*(\/\*)?\]$/,
    reason: 'the code buckets, one in each region',
  },
  {
    finding:
      /^IAM5\[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role\/aws-service-role\/replication\.dynamodb\.amazonaws\.com\/\*\]$/,
    reason: 'a role that DynamoDB itself makes and names',
  },
  {
    finding: /^IAM5\[Resource::\*\]$/,
    reason: 'these actions have no resource level; another test names each',
  },
  {
    finding: /^IAM5\[Action::kms:(GenerateDataKey|ReEncrypt)\*\]$/,
    reason: 'as the DynamoDB Developer Guide lists what the user of an encrypted table needs',
  },
  {
    finding: /^IAM5\[Action::(dynamodb|application-autoscaling):Describe\*\]$/,
    reason: 'as the schema of AWS::DynamoDB::GlobalTable lists what its handlers need',
  },
  {
    finding: /^SF1$/,
    reason:
      'Step Functions keeps the history of standard workflows for 90 days; logs would repeat it, and cost',
  },
  {
    finding: /^SF2$/,
    reason: 'the history tells each state and its time; traces would cost, and tell no more',
  },
  {
    finding: /^S1$/,
    reason:
      'access logs of their buckets are for users to have, where they want them: they grow with every request',
  },
  {
    finding: /^DDB3$/,
    reason:
      'what the tables say of objects is true now or never: an older state would be wrong. The journal has point-in-time recovery',
  },
  {
    finding: /^W3005 .* dependency already enforced by a 'GetAtt'/,
    reason: "CDK's own: functions and their roles",
  },
  {
    finding: /^W2001 Parameter (Left|Regions) not used\.$/,
    reason: "a journal's stack remembers its regions there, for the workflows to read",
  },
  {
    finding: /^E3601 .*'OutputPath' was unexpected\) at 'States\/Compared\/OutputPath'$/,
    reason: "a Succeed state takes it (Amazon States Language, 'Succeed State'); asl-validator agrees",
  },
];
