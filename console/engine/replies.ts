// What the engine answers, as far as the console reads it: docs/openapi.json has all of it.

export type TopicReply = { readonly topic_name: string; readonly partitions_count: number };

export type PartitionSize = {
  readonly partition: number;
  readonly log_start_offset: number;
  readonly log_end_offset: number;
  readonly counted_from: number;
  readonly segments: number;
  readonly bytes: number;
};

export type SizesReply = {
  readonly partitions: readonly PartitionSize[];
  readonly next_partition: number | null;
};

export type SegmentsReply = {
  readonly segments: readonly {
    readonly base_offset: number;
    readonly count: number;
    readonly bytes: number;
    readonly timestamp_max: number;
  }[];
  readonly next_offset: number;
  readonly log_start_offset: number;
  readonly log_end_offset: number;
};

export type ConfigReply = {
  readonly name: string;
  readonly value: string;
  readonly is_default: boolean;
};

export type OffsetsReply = { readonly beginning_offset: number; readonly end_offset: number };

/** Keys and values in base64. */
export type RecordReply = {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers?: readonly { readonly key: string; readonly value: string | null }[];
};

export type ProduceReply = {
  readonly offsets: readonly {
    readonly partition: number;
    readonly offset: number | null;
    readonly error_code: number | null;
    readonly error: string | null;
  }[];
};

export type GroupReply = {
  readonly consumer_group_id: string;
  readonly state: string;
  readonly generation: number;
  readonly partition_assignor: string;
};

export type ConsumerReply = { readonly consumer_id: string; readonly client_id: string };

export type AssignmentReply = { readonly topic_name: string; readonly partition_id: number };

export type Lag = {
  readonly topic_name: string;
  readonly partition_id: number;
  readonly current_offset: number;
  readonly log_end_offset: number;
  readonly lag: number;
  readonly lag_ms: number | null;
  readonly consumer_id: string;
};

export type SubscriptionReply = {
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  readonly state: 'running' | 'paused';
  readonly target: { readonly type: string; readonly [name: string]: string };
  readonly batch_size: number;
  readonly max_attempts: number | null;
  readonly dead_letter_topic: string | null;
  readonly max_concurrency: number | null;
  readonly max_records_per_second: number | null;
  readonly timeout_ms: number;
};

export type SubscriptionsReply = {
  readonly subscriptions: readonly SubscriptionReply[];
  readonly next: string | null;
};

export type DescribedSubscription = SubscriptionReply & {
  readonly partitions: readonly {
    readonly partition: number;
    readonly committed_offset: number;
    readonly log_end_offset: number;
    readonly lag: number;
    readonly lag_ms: number | null;
    readonly attempts: number;
    readonly last_error: string | null;
    readonly retry_at: number | null;
  }[];
};

export type DeadLetter = {
  readonly partition: number;
  readonly offset: number;
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
  readonly attempts: number;
  readonly reason: string;
  readonly failed_at: number;
  readonly timestamp: number;
  readonly key?: string | null;
  readonly value?: string | null;
};

export type DeadLettersReply = { readonly dead_letters: readonly DeadLetter[] };
export type RedriveReply = { readonly redriven: number; readonly done: boolean };

/** v3's lists. */
export type List<Of> = { readonly data: readonly Of[] };
