// POST /producers: a producer's id, and the epoch of a name's next holder.

import { cluster, type Resource } from '../../access/acl.ts';
import { takeProducer } from '../../engine/take-producer.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { jsonReply } from '../reply.ts';
import { controlBody } from '../request-body.ts';
import { takeProducerBody } from '../schemas/produce.ts';

export const producerRoutes: RouteGroup = {
  'POST /producers': take,
};

async function take(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const { name } = await controlBody(exchange, takeProducerBody, {});
  const request = typeof name === 'string' ? { name } : {};
  needProducer(exchange, name ?? undefined);
  const { id, epoch } = await takeProducer(exchange.engine, exchange.call, request);
  return jsonReply(exchange, type, { producer_id: id, producer_epoch: epoch });
}

/** Whoever takes a name fences its last holder. An id of one's own is for everyone who may write
 * anywhere. Source: KIP-679.
 * @throws EngineError FORBIDDEN. */
function needProducer({ access }: Exchange, name: string | undefined): void {
  if (name === undefined) {
    if (!access.mayOfSome('WRITE', 'TOPIC')) access.need('IDEMPOTENT_WRITE', cluster);
    return;
  }
  const held: Resource = { type: 'TRANSACTIONAL_ID', name };
  access.need('WRITE', held);
}
