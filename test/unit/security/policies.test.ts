import { Template } from 'aws-cdk-lib/assertions';
import { stacks } from '../stacks';

interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: { Service?: unknown; AWS?: unknown } | string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}
interface Policy {
  Statement: Statement[];
}
const [base, bucket, root] = [stacks.base, stacks.bucket, stacks.root].map((stack) =>
  Template.fromStack(stack),
) as [Template, Template, Template];
/** Properties of all resources of a type. */
const of = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const list = <Item>(value: Item | Item[]): Item[] => (Array.isArray(value) ? value : [value]);

const roles = of(root, 'AWS::IAM::Role');
const statements = roles.flatMap(({ RoleName, Policies = [] }) =>
  Policies.flatMap(({ PolicyDocument }: { PolicyDocument: Policy }) =>
    PolicyDocument.Statement.map((statement) => ({ role: RoleName as string, ...statement })),
  ),
);

/** Actions on any resource, and why they can't be bound to one. */
const unbound: Record<string, string> = {
  's3:ListAllMyBuckets': 'no resource level (Service Authorization Reference, Amazon S3)',
  'dynamodb:ListStreams': 'no resource level (Service Authorization Reference, Amazon DynamoDB)',
  'cloudformation:ListStacks': 'no resource level (Service Authorization Reference, AWS CloudFormation)',
  'cloudformation:ListImports': 'no resource level (Service Authorization Reference, AWS CloudFormation)',
  'lambda:ListEventSourceMappings': 'no resource level (Service Authorization Reference, AWS Lambda)',
  'lambda:CreateEventSourceMapping': 'no id yet; bound to the function that it feeds, by a condition',
  'lambda:UpdateEventSourceMapping':
    "the id is Lambda's; bound to the function that it feeds, by a condition",
  'lambda:DeleteEventSourceMapping':
    "the id is Lambda's; bound to the function that it feeds, by a condition",
  'application-autoscaling:Describe*':
    'no resource level (Service Authorization Reference, Application Auto Scaling)',
  'cloudwatch:PutMetricData': 'no resource level (Service Authorization Reference, Amazon CloudWatch)',
  'logs:DescribeLogGroups': 'a list of all, of which handlers pick theirs',
  'logs:DescribeResourcePolicies':
    'no resource level (Service Authorization Reference, Amazon CloudWatch Logs)',
  'logs:PutQueryDefinition': 'no resource level (Service Authorization Reference, Amazon CloudWatch Logs)',
  'logs:DeleteQueryDefinition': 'no resource level (Service Authorization Reference, Amazon CloudWatch Logs)',
  'logs:DescribeQueryDefinitions':
    'no resource level (Service Authorization Reference, Amazon CloudWatch Logs)',
  'kms:CreateKey': 'a key has no name before it is made',
  'kms:ListAliases': 'no resource level (Service Authorization Reference, AWS KMS)',
};

test('what roles may do on any resource has a reason each', () => {
  const found = statements.filter(({ Resource }) => list(Resource).includes('*'));
  expect([...new Set(found.flatMap(({ Action }) => list(Action)))].sort()).toEqual(
    Object.keys(unbound).sort(),
  );
  for (const { Action, Condition } of found)
    if (list(Action).some((action) => unbound[action]?.includes('by a condition')))
      expect(JSON.stringify(Condition)).toContain('function:MARS-*');
});

test('a function and a state machine has a role of its own, which only its service can take', () => {
  const names = roles.map(({ RoleName }) => RoleName);
  expect(new Set(names).size).toBe(names.length);
  const services: Record<string, string> = {
    'AWS::Lambda::Function': 'lambda.amazonaws.com',
    'AWS::StepFunctions::StateMachine': 'states.amazonaws.com',
  };
  for (const [type, Service] of Object.entries(services))
    for (const { FunctionName, StateMachineName } of [base, root].flatMap((template) => of(template, type))) {
      const name = `${FunctionName ?? StateMachineName}-Role`;
      const role = roles.find(({ RoleName }) => RoleName === name);
      expect([name, role?.AssumeRolePolicyDocument.Statement]).toEqual([
        name,
        [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service } }],
      ]);
    }
});

test('no role may change roles, keys of others, or take part in another account', () => {
  const actions = statements.flatMap(({ role, Action }) => list(Action).map((action) => `${role} ${action}`));
  expect(actions.filter((each) => / (iam|sts):/.test(each))).toEqual([
    'MARS-CloudFormation-Role iam:CreateServiceLinkedRole',
    'MARS-CloudFormation-Role iam:PassRole',
    'MARS-RegionalStack-Role iam:PassRole',
  ]);
  expect(actions.filter((each) => / (\*|\w+:\*)$/.test(each))).toEqual([]);
  const ofKeys = statements.filter(({ Action }) => list(Action).includes('kms:Decrypt'));
  for (const { Condition } of ofKeys) expect(JSON.stringify(Condition)).toContain('kms:ViaService');
});

test('only who stages code may change what functions run on, and only who reports the reports', () => {
  const spared = (role: string) =>
    statements
      .filter((each) => each.role === role && each.Effect === 'Deny')
      .flatMap(({ Resource }) => list(Resource))
      .map((resource) => (JSON.stringify(resource).includes('Reports') ? 'reports' : 'code'));
  for (const { RoleName } of roles.filter(({ RoleName }) => JSON.stringify(RoleName).includes('Processor')))
    expect([RoleName, spared(RoleName)]).toEqual([RoleName, ['code', 'code', 'reports', 'reports']]);
  expect(spared('MARS-StageCode-Role')).toEqual(['reports', 'reports']);
  expect(spared('MARS-CompareRange-Role')).toEqual(['code', 'code']);
  const functionRoles = of(root, 'AWS::Lambda::Function').map(({ FunctionName }) => `${FunctionName}-Role`);
  for (const role of functionRoles) expect([role, spared(role).length]).not.toEqual([role, 0]);
});

test('keys rotate, and let in the account and the services that need them, in this account only', () => {
  const services = [base, root].map((template) => {
    const [key] = of(template, 'AWS::KMS::Key');
    expect(key.EnableKeyRotation).toBe(true);
    const [account, ...rest] = key.KeyPolicy.Statement as Statement[];
    expect(JSON.stringify(account?.Principal)).toMatch(/"AWS":.*:root/);
    return rest.map(({ Principal, Condition, Effect }) => {
      expect(Effect).toBe('Allow');
      const condition = JSON.stringify(Condition);
      expect(condition).toMatch(/aws:SourceAccount|kms:EncryptionContext:aws:logs:arn/);
      expect(condition).toContain('AWS::AccountId');
      return JSON.stringify(Principal);
    });
  });
  const named = (service: string) => expect.stringMatching(new RegExp(`${service}\\W.*amazonaws\\.com`));
  expect(services).toEqual([
    [named('s3'), named('logs'), named('cloudwatch')],
    [named('logs'), named('cloudwatch')],
  ]);
});

test('buckets, queues, tables, topics and logs are encrypted with keys of ours', () => {
  const ours = /"Key[0-9A-F]{8}"|"HomeKey[0-9A-F]{8}"|MARS-KeyArn/;
  const property: Record<string, string> = {
    'AWS::S3::Bucket': 'BucketEncryption',
    'AWS::SQS::Queue': 'KmsMasterKeyId',
    'AWS::DynamoDB::Table': 'SSESpecification',
    'AWS::SNS::Topic': 'KmsMasterKeyId',
    'AWS::Logs::LogGroup': 'KmsKeyId',
  };
  for (const [type, name] of Object.entries(property)) {
    const found = [base, bucket, root].flatMap((template) => of(template, type));
    expect(found.length).toBeGreaterThan(0);
    for (const properties of found) expect(JSON.stringify(properties[name])).toMatch(ours);
  }
  const buckets = [bucket, root].flatMap((template) => of(template, 'AWS::S3::Bucket'));
  for (const { BucketEncryption } of buckets)
    expect(BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled).toBe(true);
});

test('buckets, queues and topics refuse whoever comes without TLS', () => {
  const policies: [string, number][] = [
    ['AWS::S3::BucketPolicy', 2],
    ['AWS::SQS::QueuePolicy', 2],
    ['AWS::SNS::TopicPolicy', 2],
  ];
  for (const [type, count] of policies) {
    const found = [base, bucket, root].flatMap((template) => of(template, type));
    expect([type, found.length]).toEqual([type, count]);
    for (const { PolicyDocument } of found)
      expect(PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
  }
});

test("only this account's buckets of MARS may send into Queue, and only its alarms into topics", () => {
  const allowed = [base, root].flatMap((template) =>
    ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
      of(template, type).flatMap(({ PolicyDocument }) =>
        (PolicyDocument as Policy).Statement.filter(({ Effect }) => Effect === 'Allow'),
      ),
    ),
  );
  const from = (Service: string, more: object = {}) =>
    expect.objectContaining({
      Principal: { Service },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ...more },
    });
  expect(allowed).toEqual([
    from('s3.amazonaws.com', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::mars-*' } }),
    from('cloudwatch.amazonaws.com'),
    from('cloudwatch.amazonaws.com'),
  ]);
});

test('a state machine may call what its definition calls, and nothing else', () => {
  const text = (value: unknown) => JSON.stringify(value);
  const functions = new Map(
    [base, root].flatMap((template) =>
      Object.entries(template.findResources('AWS::Lambda::Function')).map(
        ([id, { Properties }]) => [text({ 'Fn::GetAtt': [id, 'Arn'] }), Properties.FunctionName] as const,
      ),
    ),
  );
  for (const template of [base, root])
    for (const machine of of(template, 'AWS::StepFunctions::StateMachine')) {
      const name = `${machine.StateMachineName}-Role`;
      const may = (action: string) =>
        statements
          .filter(({ role, Action }) => role === name && list(Action).includes(action))
          .flatMap(({ Resource }) => list(Resource));
      const substituted = Object.values(machine.DefinitionSubstitutions);
      const called = substituted.flatMap((value) => functions.get(text(value)) ?? []);
      const invoked = may('lambda:InvokeFunction').map(
        (resource) => functions.get(text(resource)) ?? /function:([\w-]+)/.exec(text(resource))?.[1],
      );
      expect([name, new Set(invoked)]).toEqual([name, new Set(called)]);
      const started = substituted.filter((value) => !functions.has(text(value))).length;
      const ofItself = machine.DefinitionString.includes('"Mode":"DISTRIBUTED"') ? 1 : 0;
      expect([name, may('states:StartExecution').length]).toEqual([name, started + ofItself]);
    }
});
