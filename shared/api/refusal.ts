// How an error becomes a reply: `error_code` and `message`, and RFC 9457's members for those who
// ask. A reply tells what the caller did and what bounds there are: no stack, no name of a store's
// things.

import { EngineError, type ErrorDetail } from '../errors.ts';
import { type Exchange, requestHeader } from './exchange.ts';
import { jsonType, problemType, wantsProblem } from './media-types.ts';
import {
  type ErrorReply,
  faultReply,
  replyOf,
  type Saying,
  type Surface,
  sayingOf,
} from './replies.ts';
import { type ReplyHeaders, reply } from './reply.ts';

/** A throttled table or a restarted process is back within a second. */
const retryAfterMillis = 1_000;

export const faultMessage = 'Internal error.';

function surfaceOf(exchange: Exchange): Surface {
  return exchange.context.req.path.startsWith('/v3') ? 'v3' : 'v2';
}

/** @param onFault told of what is our own doing, or a store's damage: what an operator must
 * know. */
export function refusalOf(
  exchange: Exchange,
  error: unknown,
  onFault: (error: unknown) => void,
): Response {
  if (!(error instanceof EngineError)) {
    onFault(error);
    return refusal(exchange, faultReply, { message: faultMessage, detail: {} });
  }
  const surface = surfaceOf(exchange);
  const as = replyOf(error.code, surface);
  if (as.status === 500) onFault(error);
  return refusal(exchange, as, sayingOf(error, surface), boundHeaders(error));
}

export function refusal(
  exchange: Exchange,
  { status, errorCode }: ErrorReply,
  { message, detail }: Saying,
  headers: ReplyHeaders = {},
): Response {
  const error = { error_code: errorCode, message };
  const problem = wantsProblem(exchange);
  return reply(exchange, {
    status,
    type: problem ? problemType : jsonType,
    body: JSON.stringify(
      problem ? { ...error, ...problemMembers(status, message, detail) } : error,
    ),
    headers: {
      ...(status === 429 || status === 503 ? retryAfter(detail) : {}),
      ...(status === 401 ? { 'WWW-Authenticate': challengeOf(exchange) } : {}),
      ...headers,
    },
  });
}

/** A browser that is told of Basic asks its reader itself, before the page that has sent the
 * request can: a page says that it is one, by the header that others have made the custom.
 * Source: RFC 9110, section 11.6.1. */
function challengeOf(exchange: Exchange): string {
  const isPage = requestHeader(exchange, 'X-Requested-With') === 'XMLHttpRequest';
  return `Bearer realm="sluice"${isPage ? '' : ', Basic realm="sluice", charset="UTF-8"'}`;
}

/** In whole seconds. */
function retryAfter({ retryAfterMillis: millis = retryAfterMillis }: ErrorDetail): ReplyHeaders {
  return { 'Retry-After': String(Math.max(1, Math.ceil(millis / 1_000))) };
}

/** @param allow the methods that the path has. */
export function methodRefusal(exchange: Exchange, allow: string): Response {
  const saying = { message: 'HTTP 405 Method Not Allowed', detail: {} };
  const as = replyOf('METHOD_NOT_ALLOWED', surfaceOf(exchange));
  return refusal(exchange, as, saying, { Allow: allow });
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The type is about:blank, which means: the status says what kind of problem this is. `field` and
 * `limit` are extensions, there when the error has them. */
function problemMembers(status: number, detail: string, { field, limit }: ErrorDetail) {
  const title = titles[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, field, limit };
}

function boundHeaders({ detail }: EngineError): ReplyHeaders {
  return {
    ...(detail.logStart === undefined
      ? {}
      : { 'Sluice-Log-Start-Offset': String(detail.logStart) }),
    ...(detail.highWatermark === undefined
      ? {}
      : { 'Sluice-High-Watermark': String(detail.highWatermark) }),
  };
}
