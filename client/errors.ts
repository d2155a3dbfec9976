// What goes wrong, for the caller: refused, so that nothing was done, or unknown, so that it may
// have been. Names are those by which users of Kafka's clients know them.

/** Kafka's names of errors, as kafkajs has them in `error.type`. By error_code, else by status.
 * Source: https://kafka.apache.org/protocol.html#protocol_error_codes */
const types: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  401: 'SASL_AUTHENTICATION_FAILED',
  403: 'CLUSTER_AUTHORIZATION_FAILED',
  413: 'MESSAGE_TOO_LARGE',
  422: 'INVALID_REQUEST',
  429: 'THROTTLING_QUOTA_EXCEEDED',
  40001: 'INVALID_REQUEST',
  40002: 'INVALID_REQUEST',
  40101: 'SASL_AUTHENTICATION_FAILED',
  40301: 'CLUSTER_AUTHORIZATION_FAILED',
  40401: 'UNKNOWN_TOPIC_OR_PARTITION',
  40402: 'UNKNOWN_TOPIC_OR_PARTITION',
  40403: 'UNKNOWN_MEMBER_ID',
  40903: 'ILLEGAL_STATE',
  40904: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  40905: 'INVALID_PRODUCER_EPOCH',
  40906: 'ILLEGAL_GENERATION',
  41601: 'OFFSET_OUT_OF_RANGE',
  42204: 'INVALID_CONFIG',
  42206: 'INVALID_REQUEST',
  42208: 'CORRUPT_MESSAGE',
  50002: 'UNKNOWN',
  50003: 'COORDINATOR_NOT_AVAILABLE',
  50004: 'REQUEST_TIMED_OUT',
};

/** 'refused': nothing was done. 'unknown': it may have been, or may yet be. */
export type Outcome = 'refused' | 'unknown';

export type SluiceErrorDetail = {
  /** The engine's error_code; an HTTP status where it gave none; 0: no answer came. */
  readonly code: number;
  /** Of the reply; 0: none came. */
  readonly status?: number;
  /** Kafka's name. @default by code and status */
  readonly type?: string;
  readonly outcome: Outcome;
  /** Whether the same may succeed later. */
  readonly retriable: boolean;
  /** What the engine asks to wait before that. */
  readonly retryAfterMillis?: number | undefined;
  readonly cause?: unknown;
};

export class SluiceError extends Error {
  override readonly name: string = 'SluiceError';
  readonly code: number;
  readonly status: number;
  /** Kafka's name of the error; 'UNKNOWN' where it has none. */
  readonly type: string;
  readonly outcome: Outcome;
  readonly retriable: boolean;
  readonly retryAfterMillis: number | undefined;

  constructor(message: string, detail: SluiceErrorDetail) {
    super(message, detail.cause === undefined ? {} : { cause: detail.cause });
    this.code = detail.code;
    this.status = detail.status ?? 0;
    this.type = detail.type ?? types[detail.code] ?? types[this.status] ?? 'UNKNOWN';
    this.outcome = detail.outcome;
    this.retriable = detail.retriable;
    this.retryAfterMillis = detail.retryAfterMillis;
  }

  /** The same, but for what is said otherwise. */
  as(otherwise: Partial<SluiceErrorDetail>): SluiceError {
    return new SluiceError(this.message, { ...this, cause: this.cause, ...otherwise });
  }
}

/** What the client knows without asking.
 * @param code that the engine would answer with; 0: it has none for it. */
export function refused(code: number, message: string): SluiceError {
  return new SluiceError(message, { code, outcome: 'refused', retriable: false });
}

/** What the caller does wrong, found before anything is sent.
 * @param field as the caller named it. */
export function invalid(field: string, what: string): SluiceError {
  return refused(42206, `${field}: ${what}`);
}

/** What cannot be asked of a client that was disconnected, or not connected yet. */
export function notConnected(what: string): SluiceError {
  return refused(0, `${what} is not connected`);
}

/** An entry of a reply that failed, or a whole reply.
 * @param code error_code. */
export function answered(
  code: number,
  message: string,
  more: { readonly status?: number; readonly retryAfterMillis?: number | undefined } = {},
): SluiceError {
  const { status = 0 } = more;
  const isUnknown = code !== 50003 && (unknownCodes.has(code) || status >= 500);
  return new SluiceError(message, {
    code,
    outcome: isUnknown ? 'unknown' : 'refused',
    retriable: retriableCodes.has(code),
    ...more,
  });
}

/** A gateway that gives up waiting says nothing of what the engine does. */
const unknownCodes: ReadonlySet<number> = new Set([50002, 50004]);
/** 500: a gateway's, which says so of a function that died or was throttled. The engine's own have
 * its codes. */
const retriableCodes: ReadonlySet<number> = new Set([429, 500, 502, 503, 504, 50003, 50004]);
