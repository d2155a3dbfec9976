// Record batches as a Kafka producer makes them: of one partition, or of several of a topic, each
// of which answers for itself.

import { invalidField } from '../../engine/identity-errors.ts';
import { type BatchesShare, produceBatches, produceShares } from '../../engine/produce.ts';
import { EngineError } from '../../errors.ts';
import { produceBodyBytesMax } from '../../limits.ts';
import { partsHeadBytesMax, splitHead, splitParts } from '../../record/parts.ts';
import type { Exchange } from '../exchange.ts';
import { keyIdentity } from '../identity.ts';
import { parseJson } from '../json-text.ts';
import { v2ReplyType } from '../media-types.ts';
import { entryError, wholeFailure } from '../produced.ts';
import { jsonReply } from '../reply.ts';
import { checked } from '../request-body.ts';
import { partsHead } from '../schemas/produce.ts';

/** The body is batchesType. */
export async function produceRaw(
  exchange: Exchange,
  topic: string,
  partition: number,
): Promise<Response> {
  const type = v2ReplyType(exchange);
  const bytes = await exchange.readBody(produceBodyBytesMax);
  const request = { topic, partition, bytes, identity: keyIdentity(exchange) };
  const produced = await produceBatches(exchange.engine, exchange.call, request);
  const { baseOffset, count, duplicate } = produced;
  return jsonReply(exchange, type, { partition, base_offset: baseOffset, count, duplicate });
}

/** The body is partsType. */
export async function produceParts(exchange: Exchange, topic: string): Promise<Response> {
  const type = v2ReplyType(exchange);
  const shares = sharesIn(await exchange.readBody(partsHeadBytesMax + produceBodyBytesMax));
  const request = { topic, shares, identity: keyIdentity(exchange) };
  const produced = await produceShares(exchange.engine, exchange.call, request);
  const failure = wholeFailure(produced);
  if (failure !== undefined) throw failure;
  const offsets = produced.map((share) => {
    if ('error' in share) {
      const { errorCode, message } = entryError(share.error, 'v2');
      return { partition: share.partition, offset: null, error_code: errorCode, error: message };
    }
    const { partition, baseOffset: offset, count, duplicate } = share;
    return { partition, offset, count, error_code: null, error: null, duplicate };
  });
  return jsonReply(exchange, type, { offsets });
}

/** @throws EngineError MALFORMED_REQUEST, MALFORMED_FIELD, INVALID_FIELD. */
function sharesIn(body: Uint8Array): readonly BatchesShare[] {
  const split = splitHead(body, partsHeadBytesMax);
  if (split === undefined) {
    const bound = `of at most ${partsHeadBytesMax} bytes`;
    const message = `The body must begin with a line of JSON, ${bound}`;
    throw new EngineError('MALFORMED_REQUEST', message, { limit: partsHeadBytesMax });
  }
  const { partitions } = checked(partsHead, parseJson(split.head));
  if (new Set(partitions.map(({ partition }) => partition)).size < partitions.length) {
    throw invalidField('partitions', 'one must not be repeated');
  }
  const parts = splitParts(
    split.rest,
    partitions.map(({ bytes }) => bytes),
  );
  if (parts === undefined) {
    const what = `together must be the ${split.rest.length} that follow the line`;
    throw invalidField('partitions.bytes', what);
  }
  return partitions.map(({ partition }, at) => ({ partition, bytes: parts[at] as Uint8Array }));
}
