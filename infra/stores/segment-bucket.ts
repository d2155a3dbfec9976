// The segments: S3 objects that are written once and never again.
//
// - Nobody reaches it from outside the account, or without TLS 1.2.
// - A segment is never overwritten, not even by a bug of ours: the bucket refuses a PUT of one that
//   does not say `If-None-Match`.
// - A bucket of one's own is held to the same below the segments' prefix, where the app may change
//   its policy.
// - Only the engine deletes segments, since only the index knows which are named. The one lifecycle
//   rule clears away uploads that were never finished.

import { Annotations, Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, type Conditions, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { environmentNames, segmentsPrefix } from '../../shared/contract.ts';
import { findings, wildcards } from '../acknowledged.ts';
import type { EngineFunction, Permission } from '../engine-function.ts';
import { checkSole, isSameBucket, lifecycleFaults } from './given-stores.ts';

export interface SegmentBucketProps {
  /** @default one is made */
  readonly bucket?: IBucket;
  /** Of one that is made. @default a key that S3 manages */
  readonly encryptionKey?: IKey;
  /** @default no log */
  readonly segmentAccessLogs?: IBucket;
  readonly removalPolicy: RemovalPolicy;
}

export class SegmentBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: SegmentBucketProps) {
    super(scope, id);
    this.bucket = props.bucket ?? this.#make(props);
    this.#refuse('RefuseOverwriting', ['s3:PutObject'], ifNotConditional);
    if (props.bucket === undefined) return;
    checkSole('bucket', this, (own, other) => isSameBucket(own.bucket, other.bucket));
    // A bucket is given rules until its stack is synthesized.
    this.node.addValidation({ validate: () => lifecycleFaults(this.bucket) });
    this.#refuse('RefusePlainText', ['s3:*'], { Bool: { 'aws:SecureTransport': 'false' } });
    this.#refuse('RefuseOldTls', ['s3:*'], { NumericLessThan: { 's3:TlsVersion': 1.2 } });
  }

  #make(props: SegmentBucketProps): Bucket {
    const encryption = props.encryptionKey
      ? {
          encryption: BucketEncryption.KMS,
          encryptionKey: props.encryptionKey,
          bucketKeyEnabled: true,
        }
      : { encryption: BucketEncryption.S3_MANAGED };
    const made = new Bucket(this, 'Bucket', {
      ...encryption,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      ...(props.segmentAccessLogs && { serverAccessLogsBucket: props.segmentAccessLogs }),
      removalPolicy: props.removalPolicy,
    });
    if (!props.segmentAccessLogs) {
      Validations.of(made).acknowledge(findings.segmentsWithoutAccessLog);
    }
    return made;
  }

  /** Lets a function write new segments. */
  grantPut(to: EngineFunction): void {
    this.#grant(to, [this.#onSegments('s3:PutObject')], 'kms:GenerateDataKey');
  }

  /** Lets a function read segments. It may list the bucket too, because only then does S3 answer
   * that an object is missing (404); else it says "forbidden", and a segment that was merged away
   * could not be told from a broken role. Source: S3's reference of GetObject, "Permissions". */
  grantGet(to: EngineFunction): void {
    const permissions = [
      this.#onSegments('s3:GetObject'),
      { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] },
    ];
    this.#grant(to, permissions, 'kms:Decrypt');
  }

  /** Lets a function delete segments: whoever may knows what is named. */
  grantDelete(to: EngineFunction): void {
    this.#grant(to, [this.#onSegments('s3:DeleteObject')]);
  }

  #onSegments(action: string): Permission {
    return { actions: [action], resources: [this.#segments], wildcard: wildcards.segments };
  }

  get #segments(): string {
    return this.bucket.arnForObjects(`${segmentsPrefix}*`);
  }

  /** @param keyAction what S3 asks about the bucket's own key, where it has one. */
  #grant(to: EngineFunction, permissions: readonly Permission[], keyAction?: string): void {
    const key = this.bucket.encryptionKey;
    const ofKey = key && keyAction ? [{ actions: [keyAction], resources: [key.keyArn] }] : [];
    to.allow([...permissions, ...ofKey], {
      [environmentNames.bucketName]: this.bucket.bucketName,
    });
  }

  #refuse(sid: string, actions: string[], conditions: Conditions): void {
    const statement = new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions,
      resources: [this.#segments],
      conditions,
    });
    if (this.bucket.addToResourcePolicy(statement).statementAdded) return;
    Annotations.of(this).addWarningV2(
      `sluice:${sid}`,
      'The app cannot change the policy of this bucket: its owner must add to it ' +
        JSON.stringify(Stack.of(this).resolve(statement.toStatementJson())),
    );
  }
}

/** Of a multipart upload only its completion creates an object, and only that can carry the header.
 * Source: S3's user guide, "Enforce conditional writes on Amazon S3 buckets". */
const ifNotConditional: Conditions = {
  Null: { 's3:if-none-match': 'true' },
  Bool: { 's3:ObjectCreationOperation': 'true' },
};
