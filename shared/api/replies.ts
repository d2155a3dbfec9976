// The reply of every error code, on one page. The five-digit codes are Kafka REST's; what has none
// of its own repeats the status. A code without a row does not compile.

import type { EngineError, ErrorCode, ErrorDetail } from '../errors.ts';

export type ErrorReply = { readonly status: number; readonly errorCode: number };

const replies: Readonly<Record<ErrorCode, ErrorReply>> = {
  UNKNOWN_TOPIC: { status: 404, errorCode: 40401 },
  UNKNOWN_PARTITION: { status: 404, errorCode: 40402 },
  UNKNOWN_CONFIG: { status: 400, errorCode: 40002 },
  TOPIC_EXISTS: { status: 400, errorCode: 40002 },
  INVALID_TOPIC_NAME: { status: 400, errorCode: 40002 },
  INVALID_PARTITIONS: { status: 400, errorCode: 40002 },
  INVALID_CONFIG: { status: 400, errorCode: 40002 },
  MALFORMED_REQUEST: { status: 400, errorCode: 400 },
  MALFORMED_FIELD: { status: 400, errorCode: 40001 },
  INVALID_FIELD: { status: 422, errorCode: 42206 },
  INVALID_ENTRIES: { status: 422, errorCode: 42208 },
  KEY_SCHEMA_MISSING: { status: 422, errorCode: 42201 },
  VALUE_SCHEMA_MISSING: { status: 422, errorCode: 42202 },
  FORMAT_MISMATCH: { status: 422, errorCode: 42203 },
  NOT_FOUND: { status: 404, errorCode: 404 },
  METHOD_NOT_ALLOWED: { status: 405, errorCode: 405 },
  NOT_ACCEPTABLE: { status: 406, errorCode: 406 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, errorCode: 415 },
  INVALID_RECORD: { status: 422, errorCode: 42206 },
  RECORD_TOO_LARGE: { status: 422, errorCode: 42206 },
  REQUEST_TOO_LARGE: { status: 413, errorCode: 413 },
  CORRUPT_BATCH: { status: 422, errorCode: 42208 },
  OFFSET_OUT_OF_RANGE: { status: 416, errorCode: 41601 },
  POLICY_VIOLATION: { status: 400, errorCode: 40002 },
  OUT_OF_ORDER_SEQUENCE: { status: 409, errorCode: 40904 },
  PRODUCER_FENCED: { status: 409, errorCode: 40905 },
  KEY_REUSED: { status: 422, errorCode: 422 },
  KEY_TOO_OLD: { status: 409, errorCode: 409 },
  UNKNOWN_INSTANCE: { status: 404, errorCode: 40403 },
  INSTANCE_EXISTS: { status: 409, errorCode: 40902 },
  ILLEGAL_STATE: { status: 409, errorCode: 40903 },
  ILLEGAL_GENERATION: { status: 409, errorCode: 40906 },
  INVALID_CONSUMER_CONFIG: { status: 422, errorCode: 42204 },
  INSTANCE_FORMAT_MISMATCH: { status: 406, errorCode: 40601 },
  UNKNOWN_GROUP: { status: 404, errorCode: 404 },
  GROUP_NOT_EMPTY: { status: 409, errorCode: 409 },
  GROUP_FULL: { status: 409, errorCode: 409 },
  UNKNOWN_SUBSCRIPTION: { status: 404, errorCode: 404 },
  SUBSCRIPTION_EXISTS: { status: 409, errorCode: 409 },
  SUBSCRIPTIONS_FULL: { status: 409, errorCode: 409 },
  UNAUTHENTICATED: { status: 401, errorCode: 40101 },
  FORBIDDEN: { status: 403, errorCode: 40301 },
  ACLS_FULL: { status: 409, errorCode: 409 },
  UNKNOWN_API_KEY: { status: 404, errorCode: 404 },
  API_KEYS_FULL: { status: 409, errorCode: 409 },
  THROTTLED: { status: 429, errorCode: 429 },
  UNAVAILABLE: { status: 503, errorCode: 50003 },
  OUTCOME_UNKNOWN: { status: 503, errorCode: 50004 },
  DAMAGED: { status: 500, errorCode: 50002 },
};

const badV3Request: ErrorReply = { status: 400, errorCode: 40002 };

/** Where v3 says otherwise: it has one code for all that is wrong with what was asked. */
const v3Replies: Partial<Readonly<Record<ErrorCode, ErrorReply>>> = {
  MALFORMED_REQUEST: badV3Request,
  MALFORMED_FIELD: badV3Request,
  INVALID_FIELD: badV3Request,
  INVALID_RECORD: badV3Request,
  RECORD_TOO_LARGE: badV3Request,
};

/** What we did wrong ourselves. */
export const faultReply: ErrorReply = { status: 500, errorCode: 50002 };

/** Of a topic asked for by name in v2's metadata, as the reference proxy answers it. */
export const unknownTopicMetadataReply: ErrorReply = { status: 404, errorCode: 40403 };

export type Surface = 'v2' | 'v3';

export function replyOf(code: ErrorCode, surface: Surface): ErrorReply {
  return (surface === 'v3' ? v3Replies[code] : undefined) ?? replies[code];
}

/** What v3's requests call the field of which the engine says that. Where one has a setting, its
 * route knows (v3/settings.ts). */
const v3Fields: Partial<Readonly<Record<ErrorCode, string>>> = {
  UNKNOWN_TOPIC: 'topic_name',
  INVALID_TOPIC_NAME: 'topic_name',
  UNKNOWN_PARTITION: 'partition_id',
  INVALID_PARTITIONS: 'partitions_count',
  UNKNOWN_GROUP: 'consumer_group_id',
  GROUP_NOT_EMPTY: 'consumer_group_id',
};

export type Saying = { readonly message: string; readonly detail: ErrorDetail };

/** What an error says, in the words of the surface that was asked. A message that names its field
 * does so before a colon. */
export function sayingOf({ code, message, detail }: EngineError, surface: Surface): Saying {
  const field = surface === 'v3' ? v3Fields[code] : undefined;
  if (field === undefined || detail.field === undefined) return { message, detail };
  return { message: message.replace(/^[^:]*(?=: )/, field), detail: { ...detail, field } };
}
