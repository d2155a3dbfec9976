// Endpoints as targets: a signed POST, made as post.ts makes it, and what came of it in the words
// of the port.
//
// Whether a request may have arrived makes no difference here: an endpoint is given the same again,
// under the same id, and knows it by that.

import type { Posted, Posting, Targets } from '../ports/targets.ts';
import type { PostOutcome, WebhookPost } from './post.ts';
import { signatureHeaders } from './signature.ts';

/** Twice what an answer needs that names each of the ten thousand records of a delivery. */
export const answerBytesMax = 1024 * 1024;

export type EndpointParts = {
  readonly post: WebhookPost;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** @throws TypeError when the URL is none that webhookUrlFault lets through. */
export function endpointPost({ post, now }: EndpointParts): Targets['post'] {
  return async (posting) => {
    const { url, timeoutMillis } = posting;
    const body = Buffer.from(posting.body);
    const headers = headersOf(posting, body, now());
    return postedBy(
      await post({ url, headers, body, timeoutMillis, responseBytesMax: answerBytesMax }),
    );
  };
}

function headersOf({ id, secrets, traceparent }: Posting, body: Uint8Array, now: number) {
  const timestampSeconds = Math.floor(now / 1_000);
  return {
    'content-type': 'application/json',
    'user-agent': 'sluice',
    ...(traceparent !== undefined && { traceparent }),
    ...signatureHeaders({ id, timestampSeconds, secrets, body }),
  };
}

function postedBy(outcome: PostOutcome): Posted {
  switch (outcome.kind) {
    case 'answered': {
      const { status, retryAfterMillis, body, isWhole } = outcome;
      // Of 2xx alone the body says something: which records were not taken.
      const isRead = status >= 200 && status < 300;
      if (isRead && !isWhole) return { kind: 'failed', reason: 'its answer was cut off' };
      return { kind: 'answered', status, retryAfterMillis, body: new TextDecoder().decode(body) };
    }
    case 'refused-address':
      return { kind: 'failed', reason: 'its address is not public' };
    case 'timed-out':
      return { kind: 'failed', reason: 'no answer in time' };
    case 'failed':
      return { kind: 'failed', reason: outcome.reason };
  }
}
