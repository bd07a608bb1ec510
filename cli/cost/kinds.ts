/** What each kind of resource in the templates is priced by: lines of the model, by what they say; none: AWS asks nothing for it. */
export const kinds: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['alarms'],
  'AWS::CloudWatch::Dashboard': ['dashboards'],
  'AWS::DynamoDB::GlobalTable': [
    'writes of the journal, in each replica',
    'reads',
    'GB of journal and rows',
    "GB of the journal's backups",
  ],
  'AWS::DynamoDB::Table': ['writes of rows', 'reads', 'GB of journal and rows'],
  'AWS::Events::Rule': [], // of AWS's own events and schedules
  'AWS::IAM::Role': [],
  'AWS::KMS::Alias': [],
  'AWS::KMS::Key': ['keys', 'requests'],
  'AWS::Lambda::EventSourceMapping': ['messages received and deleted'],
  'AWS::Lambda::Function': ['calls', 'GB-seconds'],
  'AWS::Lambda::Permission': [],
  'AWS::Logs::LogGroup': ['GB of logs'],
  'AWS::Logs::QueryDefinition': [], // a query is priced by the GB that it reads, when somebody runs it
  'AWS::S3::Bucket': [
    'GB stored in all regions',
    'requests priced as PUT: copies',
    'request metrics of buckets',
  ],
  'AWS::S3::BucketPolicy': [],
  'AWS::SNS::Topic': [], // $2 per 100,000 e-mails: as many as there are alarms
  'AWS::SNS::TopicPolicy': [],
  'AWS::SQS::Queue': ['messages sent', 'messages received and deleted'],
  'AWS::SQS::QueuePolicy': [],
  'AWS::StepFunctions::StateMachine': ['states of large copies'], // the others run when somebody starts them, and once a day
};
