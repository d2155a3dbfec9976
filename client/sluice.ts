// The client: producers, consumers and the admin of one engine, in the shape that users of kafkajs
// know.

import { Admin } from './admin/admin.ts';
import { Connection } from './connection.ts';
import { Consumer } from './consumer/consumer.ts';
import type { ConsumerOptions } from './consumer/options.ts';
import { GroupMembers } from './group-members.ts';
import { type Host, realHost } from './host.ts';
import { type Logger, newLogger } from './logger.ts';
import { connectionSettings, type SluiceOptions } from './options.ts';
import { type ProducerOptions, producerSettings } from './producer/options.ts';
import { Producer } from './producer/producer.ts';
import type { RetryOptions } from './retry.ts';

export type {
  Acl,
  AclEntry,
  AclFilter,
  AclResource,
  DeleteAclResponse,
  DescribeAclResponse,
  MatchingAcl,
} from './admin/acls.ts';
export type { Admin, AdminPayloads } from './admin/admin.ts';
export type { DescribedCluster } from './admin/cluster.ts';
export type {
  AlterConfigResponse,
  AlterConfigsOptions,
  ConfigEntry,
  ConfigSynonym,
  DescribeConfigResponse,
  DescribeConfigsOptions,
  IncrementalAlterConfigsOptions,
  IncrementalResourceConfig,
  IResourceConfig,
  ResourceConfigQuery,
} from './admin/configs.ts';
export {
  type FailedGroup,
  type FailedPartition,
  type Failure,
  SluiceAggregateError,
} from './admin/failures.ts';
export type {
  FetchedOffsets,
  FetchOffsetsOptions,
  FetchOffsetsPartition,
  GroupLag,
  PartitionLag,
  ResetOffsetsOptions,
  SetOffsetsOptions,
} from './admin/group-offsets.ts';
export type { DeleteGroupsResult, GroupOverview } from './admin/groups.ts';
export {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ConfigResourceTypes,
  ConfigSource,
  ResourcePatternTypes,
} from './admin/kafka-types.ts';
export type {
  AdminKeys,
  ApiKey,
  CreateKeyOptions,
  DrawnKey,
  KeyOperation,
  KeySecret,
  RotateKeyOptions,
} from './admin/keys.ts';
export type { Moment } from './admin/moment.ts';
export type {
  ChangedSubscription,
  DeadLetter,
  DescribedSubscription,
  SoughtPartition,
  Subscription,
  SubscriptionPartition,
  SubscriptionSettings,
  SubscriptionTarget,
} from './admin/subscription-types.ts';
export type {
  AdminSubscriptions,
  ChangeSubscriptionOptions,
  CreateSubscriptionOptions,
  RedriveOptions,
  SeekSubscriptionOptions,
} from './admin/subscriptions.ts';
export type { DeleteTopicRecordsOptions, SeekEntry } from './admin/topic-offsets.ts';
export type {
  CreatePartitionsOptions,
  CreateTopicsOptions,
  DeleteTopicsOptions,
  IResourceConfigEntry,
  ITopicConfig,
  ITopicMetadata,
  ITopicPartitionConfig,
} from './admin/topics.ts';
export {
  AssignerProtocol,
  type Assignment,
  type MemberAssignment,
  type MemberMetadata,
} from './assigner-protocol.ts';
export { type Auth, type AuthHost, apiKey, basic, bearer, type RequestToSign } from './auth.ts';
export { type SigV4Options, sigV4 } from './auth-sigv4.ts';
export type { AwsCredentialProvider, AwsCredentials } from './aws-credentials.ts';
export type { Consumer } from './consumer/consumer.ts';
export type { ConsumerPayloads } from './consumer/events.ts';
export type {
  Batch,
  ConsumerRunConfig,
  ConsumerSubscribeTopic,
  ConsumerSubscribeTopics,
  EachBatchHandler,
  EachBatchPayload,
  EachMessageHandler,
  EachMessagePayload,
  KafkaMessage,
  MessageHeaders,
  Offsets,
  TopicOffsets,
  TopicPartitionOffset,
  TopicPartitionOffsetAndMetadata,
  TopicPartitions,
} from './consumer/messages.ts';
export type { ConsumerOptions, ConsumerRetryOptions } from './consumer/options.ts';
export type { ConsumerGroupState, GroupDescription, MemberDescription } from './describe-groups.ts';
export { type Outcome, SluiceError } from './errors.ts';
export type { InstrumentationEvent, RemoveInstrumentationEventListener } from './events.ts';
export { type LogCreator, type LogEntry, type Logger, type LogLevel, logLevel } from './logger.ts';
export type { SluiceOptions } from './options.ts';
export type { PartitionMetadata } from './partition-metadata.ts';
export type { PartitionBounds } from './partition-offsets.ts';
export {
  type CompressionType,
  CompressionTypes,
  type IHeaders,
  type Message,
  type ProducerBatch,
  type ProducerRecord,
  type RecordMetadata,
  type SendOptions,
  type TopicMessages,
} from './producer/messages.ts';
export type { ProducerOptions } from './producer/options.ts';
export {
  DefaultPartitioner,
  type ICustomPartitioner,
  type PartitionerArgs,
  Partitioners,
} from './producer/partitioners.ts';
export type { Producer, ProducerPayloads } from './producer/producer.ts';
export { type FailedPart, SendError } from './producer/send.ts';
export type { RequestTold } from './producer/sender.ts';
export type { ProducerStats } from './producer/stats.ts';
export type { TakenOffsets, Transaction } from './producer/transaction.ts';
export type { CallOptions } from './requests.ts';
export type { RetryOptions } from './retry.ts';
export type { PartitionOffset, TopicPartition } from './topic-partition.ts';

export class Sluice {
  readonly #retry: RetryOptions | undefined;
  /** What all that this makes shares. Its members are those of its consumers, for transactions of
   * its producers. */
  readonly #parts: {
    readonly connection: Connection;
    readonly host: Host;
    readonly members: GroupMembers;
    readonly logger: Logger;
  };

  /** @throws SluiceError that names the option; of what says elsewhere who calls. */
  constructor(options: SluiceOptions, host: Host = realHost) {
    const connection = new Connection(connectionSettings(options), host);
    this.#retry = options.retry;
    this.#parts = {
      connection,
      host,
      members: new GroupMembers(),
      logger: newLogger(host, { level: options.logLevel, creator: options.logCreator }),
    };
  }

  /** @throws SluiceError that names the option. */
  producer(options: ProducerOptions = {}): Producer {
    const settings = producerSettings(options, this.#retry);
    return new Producer(settings, this.#parts);
  }

  /** Topics, groups, settings, ACLs, subscriptions and API keys.
   * @param options.retry @default the client's */
  admin({ retry = {} }: { readonly retry?: RetryOptions } = {}): Admin {
    const { connection, host, logger } = this.#parts;
    return new Admin(connection.retrying(retry), host.clock, logger);
  }

  /** @throws SluiceError that names the option. */
  consumer(options: ConsumerOptions): Consumer {
    return new Consumer(options, { ...this.#parts, retry: this.#retry });
  }

  logger(): Logger {
    return this.#parts.logger;
  }
}
