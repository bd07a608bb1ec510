import { Aws, CfnCondition, CfnParameter, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnBucket, CfnBucketPolicy, type CfnBucketProps } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { journalFilters, streamBatchSize } from '../functions/contracts/filters';
import {
  failedIndex,
  keyExport,
  queueExport,
  replicasTable,
  replicatesParameter,
  streamParameter,
  streamProcessorName,
} from '../functions/contracts/names';
import { templateVersion } from './template-version';

/** Days that overwritten and deleted versions stay: far longer than any copy of them may be waiting. */
const noncurrentDays = 30;

/** Every event that can change what is current, or its tags; expiry by lifecycle is a region's own matter. */
const events = [
  's3:ObjectCreated:*',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectRemoved:Delete',
  's3:ObjectTagging:*',
];

/** What a set has in a region: stack `MARS-<BaseName>-RegionalResources`. */
export class BucketStack extends Stack {
  private readonly baseName = new CfnParameter(this, 'BaseName').valueAsString;
  private readonly keyArn = Fn.importValue(keyExport);

  /** `isKept`: what becomes of it before it is deleted, when the region leaves the set and the bucket is to stay. */
  constructor(scope: Construct, id: string, { isKept = false, ...props }: StackProps & { isKept?: boolean }) {
    super(scope, id, props);
    const bucket = this.addBucket(isKept ? {} : this.replicating());
    const policy = this.addBucketPolicy(bucket);
    if (!isKept) bucket.node.addDependency(this.addReplicas(), this.addStreamSubscription()); // a write must find both ready
    // To delete a bucket CloudFormation refuses while it holds anything.
    for (const each of [bucket, policy])
      each.applyRemovalPolicy(isKept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    templateVersion(this);
  }

  /** CDK's own notifications are set by a custom resource, that would need a function in each region. */
  private replicating(): Partial<CfnBucketProps> {
    const metrics = new CfnCondition(this, 'WithMetrics', {
      expression: Fn.conditionEquals(
        new CfnParameter(this, 'EnableBucketMetrics', { allowedValues: ['true', 'false'] }),
        'true',
      ),
    });
    return {
      metricsConfigurations: Fn.conditionIf(
        metrics.logicalId,
        [{ Id: 'EntireBucket' }],
        Aws.NO_VALUE,
      ) as never,
      notificationConfiguration: {
        queueConfigurations: events.map((event) => ({ event, queue: Fn.importValue(queueExport) })),
      },
    };
  }

  private addBucket(more: Partial<CfnBucketProps>): CfnBucket {
    return new CfnBucket(this, 'Bucket', {
      bucketName: `mars-${this.baseName}-${Aws.REGION}`,
      versioningConfiguration: { status: 'Enabled' },
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          {
            bucketKeyEnabled: true, // without it KMS is two paid requests per object
            serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.keyArn },
            // What is under a key of the writer's own can't be copied by anybody else. Most regions' default since April 2026.
            blockedEncryptionTypes: { encryptionType: ['SSE-C'] },
          },
        ],
      },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      lifecycleConfiguration: {
        rules: [
          {
            id: 'NoncurrentVersions',
            status: 'Enabled',
            noncurrentVersionExpiration: { noncurrentDays },
            expiredObjectDeleteMarker: true,
          },
          {
            id: 'UnfinishedUploads',
            status: 'Enabled',
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      ...more,
    });
  }

  private addBucketPolicy(bucket: CfnBucket): CfnBucketPolicy {
    const tlsOnly = new PolicyStatement({
      sid: 'TlsOnly',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: ['s3:*'],
      resources: [bucket.attrArn, `${bucket.attrArn}/*`],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    return new CfnBucketPolicy(this, 'BucketPolicy', {
      bucket: bucket.ref,
      policyDocument: { Version: '2012-10-17', Statement: [tlsOnly.toStatementJson()] },
    });
  }

  private addReplicas(): Table {
    const partitionKey = { name: 'key', type: AttributeType.STRING };
    const table = new Table(this, 'Replicas', {
      tableName: replicasTable(this.baseName),
      partitionKey,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: Key.fromKeyArn(this, 'Key', this.keyArn),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Sparse: it holds what failed and nothing else, so to list that costs nothing where there is none.
    table.addGlobalSecondaryIndex({
      indexName: failedIndex,
      partitionKey,
      sortKey: { name: 'failedSince', type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: ['failed'],
    });
    return table;
  }

  /**
   * The regional journal stream to StreamProcessor. Failures of single keys are the function's to handle, so a batch
   * that fails means that it could not even hand them to the queue: Lambda repeats it until it can.
   */
  private addStreamSubscription(): CfnEventSourceMapping {
    const replicates = new CfnCondition(this, 'IsReplicating', {
      expression: Fn.conditionEquals(
        new CfnParameter(this, replicatesParameter, { allowedValues: ['true', 'false'] }),
        'true',
      ),
    });
    return new CfnEventSourceMapping(this, 'StreamSubscription', {
      eventSourceArn: new CfnParameter(this, streamParameter).valueAsString,
      functionName: streamProcessorName,
      enabled: Fn.conditionIf(replicates.logicalId, true, false),
      startingPosition: 'TRIM_HORIZON', // LATEST can miss records while the mapping is made
      batchSize: streamBatchSize,
      // Records of one key stay in one batch; docs/performance.md tells how far it goes.
      parallelizationFactor: new CfnParameter(this, 'StreamParallelization', { type: 'Number' })
        .valueAsNumber,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      filterCriteria: {
        filters: journalFilters(Aws.REGION).map((filter) => ({ pattern: this.toJsonString(filter) })),
      },
    });
  }
}
