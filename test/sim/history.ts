// What clients asked and what they were told, in the order in which it happened: the one thing that
// checkers judge the engine by, beside what is stored in the end. Every beginning and every end of
// a request is an event; events are numbered, and a number says before and after.
//
// A request is a set of batches, one a partition, of records that are never sent again as another
// request. It may be attempted several times, by several processes. What each kind of client may
// rely on, the request says itself: whether it may be attempted again after an unknown outcome
// (stamp), and whether its batches are stored all or none (atomic).

import type {
  FetchedPartition,
  HeldPartition,
  NamedPartition,
} from '../../shared/engine/group/member-fetch.ts';
import type { EpochMillis } from '../../shared/ids.ts';

/** A record as it was sent; `id` is in its value, or in its key when it has no value. */
export type SentRecord = {
  readonly id: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[];
  readonly timestamp?: number;
};

/** What makes a batch the same one when it is sent again. */
export type Stamp =
  | { readonly producer: number; readonly epoch: number; readonly sequence: number }
  | { readonly key: string };

export type SentBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly SentRecord[];
  readonly stamp?: Stamp;
};

export type BatchOutcome =
  | { readonly kind: 'stored'; readonly baseOffset: number }
  /** A repeat of what is stored somewhere. */
  | { readonly kind: 'duplicate' }
  /** Nothing of this attempt is stored, nor will be. */
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown'; readonly code: string };

export type Attempt = {
  readonly process: string;
  readonly invoked: number;
  /** Infinity: it never ended. */
  returned: number;
  /** One a batch. Until it ends, unknown. */
  outcomes: readonly BatchOutcome[];
  /** From this event on the process looked for what it had appended, and nothing kept it from
   * finding it: no read failed, and there was time. */
  lookedFrom?: number;
};

export type ProduceRequest = {
  readonly client: string;
  readonly batches: readonly SentBatch[];
  readonly isAtomic: boolean;
  readonly attempts: Attempt[];
};

export type ReadRecord = { readonly offset: number; readonly timestamp: number } & Omit<
  SentRecord,
  'timestamp'
>;

export type Bounds = { readonly logStart: number; readonly highWatermark: number };

export type Answer =
  | ({
      readonly kind: 'records';
      readonly records: readonly ReadRecord[];
      readonly nextOffset: number;
    } & Bounds)
  | ({ readonly kind: 'bounds' } & Bounds)
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'error'; readonly code: string; readonly bounds?: Bounds }
  /** The client gave up, or the process died. */
  | { readonly kind: 'lost' };

/** A fetch from an offset, a look at the bounds, or the search for a timestamp. */
export type ReadRequest = {
  readonly client: string;
  readonly process: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
  readonly timestamp?: number;
  readonly invoked: number;
  returned: number;
  answer: Answer;
};

/** Making, deleting or growing a topic. */
export type TopicRequest = {
  readonly client: string;
  readonly process: string;
  readonly what: string;
  readonly topic: string;
  readonly invoked: number;
  returned: number;
  /** 'done', an error's code, or 'lost'. */
  answer: string;
};

export type GivenRecord = ReadRecord & { readonly topic: string; readonly partition: number };

/** The next offset to read of a partition. */
export type GroupOffset = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
};

export type GroupAnswer =
  | {
      readonly kind: 'done';
      /** Of a poll. */
      readonly records?: readonly GivenRecord[];
      readonly generation?: number;
      /** Of a poll by who keeps his own positions. */
      readonly partitions?: readonly FetchedPartition[];
      readonly held?: readonly HeldPartition[];
    }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'lost' };

/** What somebody asked for a consumer instance. */
export type GroupRequest = {
  readonly client: string;
  readonly process: string;
  readonly group: string;
  readonly instance: string;
  /** Of a client's life with one instance: after 'create' it is another. */
  readonly life: string;
  readonly what: 'create' | 'subscribe' | 'unsubscribe' | 'poll' | 'commit' | 'seek' | 'leave';
  /** What polls have given it is committed by whatever else it asks. */
  readonly commitsOfItself: boolean;
  /** Of a commit; absent: all that was given. */
  readonly offsets?: readonly GroupOffset[];
  /** Of a poll by who keeps his own positions: what he is at work on. */
  readonly named?: readonly NamedPartition[];
  readonly invoked: number;
  returned: number;
  answer: GroupAnswer;
};

/** What a worker heard of records that it gave. */
export type Told =
  | { readonly kind: 'all' }
  /** All before that one are done with, and that one failed. */
  | { readonly kind: 'from'; readonly offset: number; readonly reason: string }
  /** All before that one are done with, and of that one nothing is known. */
  | { readonly kind: 'up-to'; readonly offset: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'busy' }
  | { readonly kind: 'too-large' };

/** A delivery: one call of a receiver. */
export type TargetCall = {
  /** Of one creation of a subscription. */
  readonly receiver: string;
  readonly process: string;
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ReadRecord[];
  readonly invoked: number;
  /** When the receiver had done with it; Infinity: it never got it. */
  answered: number;
  /** Offsets that it is done with. */
  taken: ReadonlySet<number>;
  /** When the worker heard of it. */
  returned: number;
  /** undefined: it never did. */
  told: Told | undefined;
};

/** What somebody asked of a subscription. */
export type SubscriptionRequest = {
  readonly client: string;
  readonly process: string;
  readonly what: string;
  readonly name: string;
  readonly invoked: number;
  returned: number;
  /** 'done', an error's code, or 'lost'. */
  answer: string;
};

/** One record that a source brings, in the order of its shard if it has one. */
export type BroughtRecord = {
  readonly id: string;
  readonly shard?: string;
};

/** One try at bringing some of them. */
export type IngestRequest = {
  readonly client: string;
  readonly process: string;
  readonly topic: string;
  readonly records: readonly BroughtRecord[];
  readonly invoked: number;
  returned: number;
  /** Ids that were named as not stored; in words: why nothing is known. */
  answer: ReadonlySet<string> | string;
};

/** Somebody asked for all records below an offset to be deleted. */
export type DeletionRequest = {
  readonly client: string;
  readonly process: string;
  readonly topic: string;
  readonly partition: number;
  /** logEnd: all that there are. */
  readonly before: number;
  readonly invoked: number;
  returned: number;
  /** Where the log is then, or an error's code, or 'lost'. */
  answer: Bounds | string;
};

/** A step of housekeeping that a process was asked for. */
export type UpkeepRequest = {
  readonly client: string;
  readonly process: string;
  readonly what: string;
  readonly invoked: number;
  returned: number;
  /** 'done', an error's code, or 'lost'. */
  answer: string;
};

/** What happened to the world. */
export type Note = { readonly event: number; readonly text: string };

export class History {
  readonly produces: ProduceRequest[] = [];
  readonly reads: ReadRequest[] = [];
  readonly topics: TopicRequest[] = [];
  readonly groups: GroupRequest[] = [];
  readonly calls: TargetCall[] = [];
  readonly subscriptions: SubscriptionRequest[] = [];
  readonly ingests: IngestRequest[] = [];
  readonly deletions: DeletionRequest[] = [];
  readonly upkeep: UpkeepRequest[] = [];
  readonly notes: Note[] = [];
  /** From this event on no store fails and no process freezes. */
  healed = Number.POSITIVE_INFINITY;
  readonly #times: number[] = [];
  readonly #now: () => EpochMillis;

  constructor(now: () => EpochMillis) {
    this.#now = now;
  }

  /** The next event, which happens now. */
  next(): number {
    return this.#times.push(this.#now()) - 1;
  }

  get events(): number {
    return this.#times.length;
  }

  timeOf(event: number): number | undefined {
    return this.#times[event];
  }

  note(text: string): void {
    this.notes.push({ event: this.next(), text });
  }
}
