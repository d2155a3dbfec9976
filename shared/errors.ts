// Every way a request can end badly, as a closed set. What a caller must know of each is one word:
// - definite: nothing was stored and nothing will be; the same request ends the same way;
// - retriable: nothing was stored and nothing will be; the same request may succeed later;
// - unknown: it may have been stored, or may yet be, once.
// api/replies.ts gives each code its status; a code without a reply does not compile.

export type Outcome = 'definite' | 'retriable' | 'unknown';

const outcomes = {
  UNKNOWN_TOPIC: 'definite',
  UNKNOWN_PARTITION: 'definite',
  UNKNOWN_CONFIG: 'definite',
  TOPIC_EXISTS: 'definite',
  INVALID_TOPIC_NAME: 'definite',
  INVALID_PARTITIONS: 'definite',
  INVALID_CONFIG: 'definite',
  /** Not what its content type says: not JSON, not UTF-8, nested too deeply. */
  MALFORMED_REQUEST: 'definite',
  /** A field of another type than it must be, or not of its form: bad base64. */
  MALFORMED_FIELD: 'definite',
  /** A field that is missing, unknown, or out of its bounds. */
  INVALID_FIELD: 'definite',
  /** A batch of requests that is empty, too long, or does not tell its entries apart. */
  INVALID_ENTRIES: 'definite',
  /** A schema format without the schema of its keys, or of its values. */
  KEY_SCHEMA_MISSING: 'definite',
  VALUE_SCHEMA_MISSING: 'definite',
  /** A stored key or value that cannot be said in the format asked for. */
  FORMAT_MISMATCH: 'definite',
  NOT_FOUND: 'definite',
  METHOD_NOT_ALLOWED: 'definite',
  NOT_ACCEPTABLE: 'definite',
  UNSUPPORTED_MEDIA_TYPE: 'definite',
  INVALID_RECORD: 'definite',
  RECORD_TOO_LARGE: 'definite',
  REQUEST_TOO_LARGE: 'definite',
  CORRUPT_BATCH: 'definite',
  OFFSET_OUT_OF_RANGE: 'definite',
  /** What a topic's cleanup.policy does not allow. */
  POLICY_VIOLATION: 'definite',
  /** A producer's batch whose predecessor is not there, or that does not begin where one ended. */
  OUT_OF_ORDER_SEQUENCE: 'retriable',
  /** A later epoch of the producer has written. */
  PRODUCER_FENCED: 'definite',
  /** An Idempotency-Key that stood for another request before. */
  KEY_REUSED: 'definite',
  /** An Idempotency-Key so old that what it stands for may be forgotten at any time. */
  KEY_TOO_OLD: 'definite',
  /** No consumer instance of that name, or not any more: its session is over. */
  UNKNOWN_INSTANCE: 'definite',
  /** The name of a consumer instance that lives. */
  INSTANCE_EXISTS: 'definite',
  /** What an instance cannot do as it is: seek or commit what is not assigned to it, subscribe when
   * it was assigned by hand. */
  ILLEGAL_STATE: 'definite',
  /** Offsets of a partition that was another's since they were read. */
  ILLEGAL_GENERATION: 'definite',
  /** A setting of a consumer instance. */
  INVALID_CONSUMER_CONFIG: 'definite',
  /** A reply in another format than the instance's. */
  INSTANCE_FORMAT_MISMATCH: 'definite',
  UNKNOWN_GROUP: 'definite',
  /** What may be done to a group only while nobody is in it. */
  GROUP_NOT_EMPTY: 'definite',
  /** As many members, or partitions, as a group may have. */
  GROUP_FULL: 'definite',
  UNKNOWN_SUBSCRIPTION: 'definite',
  SUBSCRIPTION_EXISTS: 'definite',
  /** As many subscriptions as an engine may have. */
  SUBSCRIPTIONS_FULL: 'definite',
  /** Nobody known: no credentials, or none that are good. */
  UNAUTHENTICATED: 'definite',
  /** What ACLs, or his key, do not allow the caller. */
  FORBIDDEN: 'definite',
  /** As many ACLs as an engine may have. */
  ACLS_FULL: 'definite',
  UNKNOWN_API_KEY: 'definite',
  /** As many API keys as an engine may have, or live secrets as a key may. */
  API_KEYS_FULL: 'definite',
  THROTTLED: 'retriable',
  UNAVAILABLE: 'retriable',
  OUTCOME_UNKNOWN: 'unknown',
  DAMAGED: 'definite',
} as const satisfies Record<string, Outcome>;

export type ErrorCode = keyof typeof outcomes;

export const errorCodes = Object.keys(outcomes) as readonly ErrorCode[];

/** Facts of an error that a caller may act on without reading its message. */
export type ErrorDetail = {
  /** Where in the request: `records[3].value`. */
  readonly field?: string;
  /** The bound that was passed. */
  readonly limit?: number;
  readonly logStart?: number;
  readonly highWatermark?: number;
  /** When the same may succeed. */
  readonly retryAfterMillis?: number;
};

/** What a verb throws. The message names the field and the limit, and nothing of payload or
 * store. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, options: ErrorDetail & ErrorOptions = {}) {
    const { cause, ...detail } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
  }

  get outcome(): Outcome {
    return outcomes[this.code];
  }
}

/** Of a body that passes what a caller of readBody allows. @param limit in bytes. */
export function bodyTooLarge(limit: number): EngineError {
  const message = `body: must be at most ${limit} bytes`;
  return new EngineError('REQUEST_TOO_LARGE', message, { field: 'body', limit });
}
