// The segments: S3 objects that are written once and never again.
//
// - Nobody reaches it from outside the account, or without TLS 1.2.
// - A segment is never overwritten, not even by a bug of ours: the bucket refuses a PUT of one that
//   does not say `If-None-Match`.
// - Only the engine deletes segments, since only the index knows which are named. The one lifecycle
//   rule clears away uploads that were never finished.

import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { environmentNames, segmentsPrefix } from '../shared/contract.ts';
import type { EngineFunction, Permission } from './engine-function.ts';

export interface SegmentBucketProps {
  /** @default a key that S3 manages */
  readonly encryptionKey?: IKey;
  readonly removalPolicy: RemovalPolicy;
}

export class SegmentBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: SegmentBucketProps) {
    super(scope, id);
    const encryption = props.encryptionKey
      ? {
          encryption: BucketEncryption.KMS,
          encryptionKey: props.encryptionKey,
          bucketKeyEnabled: true,
        }
      : { encryption: BucketEncryption.S3_MANAGED };
    this.bucket = new Bucket(this, 'Bucket', {
      ...encryption,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: props.removalPolicy,
    });
    this.#refuseOverwriting();
  }

  /** Lets a function write new segments. */
  grantPut(to: EngineFunction): void {
    const permission = { actions: ['s3:PutObject'], resources: [this.#segments] };
    this.#grant(to, [permission], 'kms:GenerateDataKey');
  }

  /** Lets a function read segments. It may list the bucket too, because only then does S3 answer
   * that an object is missing (404); else it says "forbidden", and a segment that was merged away
   * could not be told from a broken role. Source: S3's reference of GetObject, "Permissions". */
  grantGet(to: EngineFunction): void {
    const permissions = [
      { actions: ['s3:GetObject'], resources: [this.#segments] },
      { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] },
    ];
    this.#grant(to, permissions, 'kms:Decrypt');
  }

  /** Lets a function delete segments: whoever may knows what is named. */
  grantDelete(to: EngineFunction): void {
    this.#grant(to, [{ actions: ['s3:DeleteObject'], resources: [this.#segments] }]);
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

  /** Of a multipart upload only its completion creates an object, and only that can carry the
   * header.
   * Source: S3's user guide, "Enforce conditional writes on Amazon S3 buckets". */
  #refuseOverwriting(): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RefuseOverwriting',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.#segments],
        conditions: {
          Null: { 's3:if-none-match': 'true' },
          Bool: { 's3:ObjectCreationOperation': 'true' },
        },
      }),
    );
  }
}
