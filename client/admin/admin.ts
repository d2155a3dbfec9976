// The admin of an engine, by the methods that users of kafkajs know, and those for what Kafka does
// not have. Each asks the engine, and keeps nothing.
//
// Errors are SluiceError with Kafka's name as `type`; of several things, of which some were not
// done, SluiceAggregateError with each of them.

import type { Connection } from '../connection.ts';
import { describeGroups, type GroupDescription } from '../describe-groups.ts';
import {
  Events,
  type InstrumentationEvent,
  type RemoveInstrumentationEventListener,
} from '../events.ts';
import type { Clock } from '../host.ts';
import type { Logger } from '../logger.ts';
import type { PartitionBounds } from '../partition-offsets.ts';
import { clusterPath } from '../path.ts';
import { type CallOptions, Requests } from '../requests.ts';
import * as acls from './acls.ts';
import { type DescribedCluster, describeCluster } from './cluster.ts';
import * as configs from './configs.ts';
import * as groupOffsets from './group-offsets.ts';
import * as groups from './groups.ts';
import { AdminKeys } from './keys.ts';
import { AdminSubscriptions } from './subscriptions.ts';
import * as offsets from './topic-offsets.ts';
import * as topics from './topics.ts';

const events = { CONNECT: 'admin.connect', DISCONNECT: 'admin.disconnect' } as const;

export type AdminPayloads = { readonly 'admin.connect': null; readonly 'admin.disconnect': null };

export class Admin {
  /** Names of what `on` listens to. */
  readonly events = events;
  /** A topic's records given to functions, queues and endpoints. */
  readonly subscriptions: AdminSubscriptions;
  /** API keys: who may call. */
  readonly keys: AdminKeys;
  readonly #requests: Requests;
  readonly #events: Events<AdminPayloads>;
  readonly #logger: Logger;

  constructor(connection: Connection, clock: Clock, logger: Logger) {
    this.#requests = new Requests(connection);
    this.#logger = logger.namespace('Admin');
    this.#events = new Events({ clock, logger: this.#logger, types: events });
    this.subscriptions = new AdminSubscriptions(this.#requests);
    this.keys = new AdminKeys(this.#requests);
  }

  /** Asks the engine whether it is there, and lets the caller in. The other methods do not need
   * it. */
  async connect(): Promise<void> {
    this.#requests.open();
    await this.#requests.ask({ method: 'GET', path: clusterPath });
    this.#events.tell(events.CONNECT, () => null);
  }

  /** Gives up what is under way. What comes is refused until `connect()`. */
  async disconnect(): Promise<void> {
    this.#requests.close();
    this.#events.tell(events.DISCONNECT, () => null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
  }

  /** @returns what takes the listener away again. @throws SluiceError of a name that is none. */
  on<Type extends keyof AdminPayloads>(
    eventName: Type,
    listener: (event: InstrumentationEvent<AdminPayloads[Type]>) => unknown,
  ): RemoveInstrumentationEventListener {
    return this.#events.on(eventName, listener);
  }

  logger(): Logger {
    return this.#logger;
  }

  /** Names of topics. */
  listTopics(options: CallOptions = {}): Promise<string[]> {
    return topics.listTopics(this.#requests, options);
  }

  /** @returns whether all were made: false if any was there already.
   * @throws SluiceAggregateError INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_CONFIG: with
   *   each topic that was not made in `errors`; the others are */
  createTopics(options: topics.CreateTopicsOptions): Promise<boolean> {
    return topics.createTopics(this.#requests, options);
  }

  /** Their records are out of reach at once.
   * @throws SluiceAggregateError UNKNOWN_TOPIC_OR_PARTITION */
  deleteTopics(options: topics.DeleteTopicsOptions): Promise<void> {
    return topics.deleteTopics(this.#requests, options);
  }

  /** @throws SluiceAggregateError UNKNOWN_TOPIC_OR_PARTITION; INVALID_PARTITIONS: there would not
   *   be more than now */
  createPartitions(options: topics.CreatePartitionsOptions): Promise<boolean> {
    return topics.createPartitions(this.#requests, options);
  }

  /** @param options.topics @default all
   * @throws SluiceError UNKNOWN_TOPIC_OR_PARTITION */
  fetchTopicMetadata(
    options: CallOptions & { readonly topics?: readonly string[] } = {},
  ): Promise<{ topics: topics.ITopicMetadata[] }> {
    return topics.fetchTopicMetadata(this.#requests, options);
  }

  /** Where each partition begins (`low`) and ends (`high`, `offset`).
   * @throws SluiceError UNKNOWN_TOPIC_OR_PARTITION */
  fetchTopicOffsets(topic: string, options: CallOptions = {}): Promise<PartitionBounds[]> {
    return offsets.fetchTopicOffsets(this.#requests, topic, options);
  }

  /** Of each partition the first record of that time or a later one; its end, if there is none.
   * Whoever asks needs to be allowed to read the topic.
   * @param timestamp in milliseconds since 1970. @default the end */
  fetchTopicOffsetsByTimestamp(
    topic: string,
    timestamp?: number,
    options: CallOptions = {},
  ): Promise<offsets.SeekEntry[]> {
    return offsets.fetchTopicOffsetsByTimestamp(this.#requests, topic, timestamp, options);
  }

  /** Deletes the records before an offset.
   * @throws SluiceAggregateError OFFSET_OUT_OF_RANGE; POLICY_VIOLATION: the topic only compacts;
   *   with each partition in `partitions` */
  deleteTopicRecords(options: offsets.DeleteTopicRecordsOptions): Promise<void> {
    return offsets.deleteTopicRecords(this.#requests, options);
  }

  /** What a group has committed: the next offset of each partition, "-1" where there is none. */
  fetchOffsets(options: groupOffsets.FetchOffsetsOptions): Promise<groupOffsets.FetchedOffsets[]> {
    return groupOffsets.fetchOffsets(this.#requests, options);
  }

  /** Moves a group in which nobody is. Of partitions after one that fails nothing is moved.
   * @throws SluiceError NON_EMPTY_GROUP, UNKNOWN_TOPIC_OR_PARTITION */
  setOffsets(options: groupOffsets.SetOffsetsOptions): Promise<void> {
    return groupOffsets.setOffsets(this.#requests, options);
  }

  /** Moves a group in which nobody is to the end of a topic, or to its beginning.
   * @throws SluiceError NON_EMPTY_GROUP, UNKNOWN_TOPIC_OR_PARTITION */
  resetOffsets(options: groupOffsets.ResetOffsetsOptions): Promise<void> {
    return groupOffsets.resetOffsets(this.#requests, options);
  }

  /** How far a group is behind, in records and in time.
   * @throws SluiceError GROUP_ID_NOT_FOUND */
  lag(groupId: string, options: CallOptions = {}): Promise<groupOffsets.GroupLag> {
    return groupOffsets.lag(this.#requests, groupId, options);
  }

  listGroups(options: CallOptions = {}): Promise<{ groups: groups.GroupOverview[] }> {
    return groups.listGroups(this.#requests, options);
  }

  /** Who is in groups, and what each member reads. One that is not there is `Dead`. */
  describeGroups(
    groupIds: readonly string[],
    options: CallOptions = {},
  ): Promise<{ groups: GroupDescription[] }> {
    return describeGroups(this.#requests, groupIds, options);
  }

  /** Deletes groups in which nobody is, and what they have committed.
   * @throws SluiceAggregateError NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND: with each in `groups` */
  deleteGroups(
    groupIds: readonly string[],
    options: CallOptions = {},
  ): Promise<groups.DeleteGroupsResult[]> {
    return groups.deleteGroups(this.#requests, groupIds, options);
  }

  describeCluster(options: CallOptions = {}): Promise<DescribedCluster> {
    return describeCluster(this.#requests, options);
  }

  /** Settings of topics. @throws SluiceError UNKNOWN_TOPIC_OR_PARTITION */
  describeConfigs(
    options: configs.DescribeConfigsOptions,
  ): Promise<configs.DescribeConfigResponse> {
    return configs.describeConfigs(this.#requests, options);
  }

  /** Replaces the settings of topics, as Kafka's AlterConfigs does: what is set now and not said
   * goes back to its default.
   * @throws SluiceError UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG */
  alterConfigs(options: configs.AlterConfigsOptions): Promise<configs.AlterConfigResponse> {
    return configs.alterConfigs(this.#requests, options);
  }

  /** Changes the settings of topics that are said, and no others. Kafka's name (KIP-339); kafkajs
   * has none.
   * @throws SluiceError UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG */
  incrementalAlterConfigs(
    options: configs.IncrementalAlterConfigsOptions,
  ): Promise<configs.AlterConfigResponse> {
    return configs.incrementalAlterConfigs(this.#requests, options);
  }

  /** Those that are there already stay. Up to 99 are made all at once, or none; more are not.
   * @throws SluiceError SECURITY_DISABLED: ACLs decide nothing here */
  createAcls(options: CallOptions & { readonly acl: readonly acls.AclEntry[] }): Promise<boolean> {
    return acls.createAcls(this.#requests, options);
  }

  /** Those that a filter means, by what they are about.
   * @throws SluiceError SECURITY_DISABLED */
  describeAcls(options: CallOptions & acls.AclFilter): Promise<acls.DescribeAclResponse> {
    return acls.describeAcls(this.#requests, options);
  }

  /** @returns what is gone, by filter. @throws SluiceError SECURITY_DISABLED */
  deleteAcls(
    options: CallOptions & { readonly filters: readonly acls.AclFilter[] },
  ): Promise<acls.DeleteAclResponse> {
    return acls.deleteAcls(this.#requests, options);
  }
}
