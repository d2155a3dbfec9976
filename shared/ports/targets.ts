// Targets: where subscriptions deliver to.
//
//     engine ──payload──> function, queue or endpoint
//            <──answer──
//
// Promises, held by every adapter:
// - Each call is one try: nothing is tried again in the adapter, and no call outlives its time by
//   more than a second.
// - What the target, or the way to it, does wrong is an answer and no throw. Except by 'returned',
//   'sent' and a status, nobody knows whether the target has got it: it may have, or may yet.
// - Reasons are for people who run the engine: they hold no payload, secret or stack.

export interface Targets {
  invoke(invocation: Invocation): Promise<Invoked>;
  send(sending: Sending): Promise<Sent>;
  post(posting: Posting): Promise<Posted>;
}

export type Invocation = {
  /** As its subscription names it. */
  readonly functionName: string;
  /** JSON. */
  readonly payload: string;
  readonly timeoutMillis: number;
};

export type Invoked =
  /** What the function returned, as JSON; empty: nothing. */
  | { readonly kind: 'returned'; readonly payload: string }
  /** It threw, or ended otherwise: its error's type, cut. */
  | { readonly kind: 'function-error'; readonly reason: string }
  | Undelivered;

/** What is to be sent again later, and what is not to be sent like this. */
export type Undelivered =
  /** It has more to do than it can, and has not taken this. */
  | { readonly kind: 'busy'; readonly retryAfterMillis: number | undefined }
  /** More than the target takes at once. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly reason: string };

export type Sending = {
  readonly queueUrl: string;
  /** 1 to 10, in order: one SendMessageBatch. */
  readonly messages: readonly QueueMessage[];
  readonly timeoutMillis: number;
};

export type QueueMessage = {
  readonly body: string;
  /** Of a FIFO queue alone. */
  readonly fifo: { readonly groupId: string; readonly deduplicationId: string } | undefined;
};

export type Sent =
  /** One entry a message. */
  { readonly kind: 'sent'; readonly results: readonly ('done' | Undelivered)[] } | Undelivered;

export type Posting = {
  readonly url: string;
  /** What is posted again is of the same id. */
  readonly id: string;
  /** By which it is signed: each makes a signature. */
  readonly secrets: readonly string[];
  /** JSON. */
  readonly body: string;
  /** The trace that it is about, as W3C's Trace Context says it. */
  readonly traceparent?: string;
  readonly timeoutMillis: number;
};

export type Posted =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfterMillis: number | undefined;
      /** Cut, where it is long. */
      readonly body: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };
