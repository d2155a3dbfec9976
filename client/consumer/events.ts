// What a consumer tells whoever listens. Names and payloads are those of kafkajs. What is about
// brokers is never told, and has no name: who listens for it is refused, instead of told nothing.

export const consumerEvents = {
  HEARTBEAT: 'consumer.heartbeat',
  COMMIT_OFFSETS: 'consumer.commit_offsets',
  GROUP_JOIN: 'consumer.group_join',
  FETCH_START: 'consumer.fetch_start',
  FETCH: 'consumer.fetch',
  START_BATCH_PROCESS: 'consumer.start_batch_process',
  END_BATCH_PROCESS: 'consumer.end_batch_process',
  CONNECT: 'consumer.connect',
  DISCONNECT: 'consumer.disconnect',
  STOP: 'consumer.stop',
  CRASH: 'consumer.crash',
  REBALANCING: 'consumer.rebalancing',
} as const;

type InGroup = { readonly groupId: string; readonly memberId: string };

type InGeneration = InGroup & { readonly groupGenerationId: number };

export type ConsumerPayloads = {
  'consumer.heartbeat': InGeneration;
  'consumer.commit_offsets': InGeneration & { readonly topics: readonly CommittedTopic[] };
  /** What the member has, as often as that has changed. Nobody leads. */
  'consumer.group_join': InGroup & {
    readonly leaderId: string;
    readonly isLeader: boolean;
    readonly groupProtocol: string;
    readonly memberAssignment: Readonly<Record<string, readonly number[]>>;
    /** Milliseconds since it began to change. */
    readonly duration: number;
  };
  'consumer.fetch_start': { readonly nodeId: string };
  'consumer.fetch': {
    readonly nodeId: string;
    /** Partitions that something came of. */
    readonly numberOfBatches: number;
    readonly duration: number;
  };
  'consumer.start_batch_process': BatchTold;
  'consumer.end_batch_process': BatchTold & { readonly duration: number };
  'consumer.connect': null;
  'consumer.disconnect': null;
  'consumer.stop': null;
  /** `restart`: it starts again by itself. */
  'consumer.crash': {
    readonly error: Error;
    readonly groupId: string;
    readonly restart: boolean;
  };
  'consumer.rebalancing': InGroup;
};

type CommittedTopic = {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
};

type BatchTold = {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly offsetLag: string;
  readonly offsetLagLow: string;
  readonly batchSize: number;
  readonly firstOffset: string | null;
  readonly lastOffset: string;
};
