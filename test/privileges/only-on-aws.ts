import type { Granted } from './grants';

/** What the embedded AWS does not enforce, or not ask for: each with the document that says that AWS does. */
const documents: [RegExp, string][] = [
  [
    /^MARS-CloudFormation-Role iam:PassRole$/,
    'IAM User Guide, "Grant a user permissions to pass a role to an AWS service"',
  ],
  [
    /^MARS-CloudFormation-Role /,
    "the schemas of the templates' resource types in the CloudFormation registry, `handlers.*.permissions`",
  ],
  [
    / logs:(CreateLogStream|PutLogEvents)$/,
    'Lambda Developer Guide, "Defining Lambda function permissions with an execution role"',
  ],
  [
    / kms:/,
    'S3 User Guide, "Required permissions for Amazon S3 API operations"; DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes"; SQS Developer Guide, "Key management"',
  ],
  [
    /^MARS-QueueProcessor-Role sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$/,
    'Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping"',
  ],
  [
    /^MARS-StreamProcessor-Role dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/,
    'Lambda Developer Guide, "Using Lambda with DynamoDB"',
  ],
  [
    /^MARS-\w+-Role (lambda:InvokeFunction|states:(StartExecution|DescribeExecution|StopExecution)|events:(PutTargets|PutRule|DescribeRule))$/,
    'Step Functions Developer Guide, "How Step Functions generates IAM policies for integrated services"',
  ],
  [
    /^MARS-Reconcile-Role (s3:GetObject|states:RedriveExecution)$/,
    'Step Functions Developer Guide, "IAM policies for using Distributed Map states"',
  ],
  [
    /^MARS-\w+-Role s3:ListBucket(Versions)?$/,
    'API Reference, HeadObject: without s3:ListBucket what is not there is 403, not 404',
  ],
  [
    /^MARS-(QueueProcessor|StreamProcessor|PrepareCopy|CompleteCopy)-Role s3:(Get|Put)Object(Version)?Tagging$/,
    'API Reference, CopyObject, CreateMultipartUpload: tags that are copied or given need them',
  ],
  [
    /^MARS-(QueueProcessor|StreamProcessor|CompleteCopy)-Role s3:GetObject$/,
    'API Reference, DeleteObject: If-Match needs s3:GetObject',
  ],
  [
    /^MARS-BucketContents-Role s3:DeleteObjectVersion$/,
    'API Reference, DeleteObjects: versions need s3:DeleteObjectVersion',
  ],
  [
    /^MARS-RegionalStack-Role cloudformation:TagResource$/,
    'Service Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation": CreateStack with tags',
  ],
  [
    /^MARS-RegionalStack-Role s3:GetObject$/,
    'AWS Knowledge Center, `cfn-s3-access-denied-error`: who creates a stack must be able to read its template',
  ],
  [/^MARS-RegionalStack-Role iam:PassRole$/, 'CloudFormation User Guide, "CloudFormation service role"'],
  [
    /^MARS-StopReplication-Role lambda:UpdateEventSourceMapping$/,
    'Service Authorization Reference, "Actions, resources, and condition keys for AWS Lambda"',
  ],
  [
    /^MARS-PlanReconcile-Role dynamodb:Scan$/,
    'DynamoDB API Reference, Scan: the sample of a journal with more than 100,000 items; DynamoDB counts them every six hours',
  ],
  [/-Events-Role states:StartExecution$/, 'EventBridge User Guide, "Using IAM roles to access resources"'],
];

/** The document that says that AWS asks for it; `undefined`: none is known. */
export const documentOf = ({ role, action }: Granted): string | undefined =>
  documents.find(([pattern]) => pattern.test(`${role} ${action}`))?.[1];
