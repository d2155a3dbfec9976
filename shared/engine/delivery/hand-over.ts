// Handing records over to a subscription's target, once.

import {
  type Answer,
  answerOfEndpoint,
  answerOfFunction,
  answerOfQueue,
} from '../../delivery/answer.ts';
import { eventText } from '../../delivery/kafka-event.ts';
import type { Delivery } from '../../delivery/progress.ts';
import { sharedTraceparent } from '../../delivery/shared-trace.ts';
import type { Target } from '../../delivery/subscription.ts';
import type { QueueMessage } from '../../ports/targets.ts';
import { queueBatchBytesMax, queueBatchMessagesMax } from '../../trigger-limits.ts';
import { hashOf } from '../fingerprint.ts';
import { deliveryOf, type Gathered } from './gather.ts';
import { placeOf, type Turn } from './turn.ts';

export type HandedOver = {
  /** What the answer is about: not all, perhaps, of what was to be given. */
  readonly delivery: Delivery;
  readonly answer: Answer;
};

/** @param gathered at least one record. */
export function handOver(turn: Turn, gathered: Gathered): Promise<HandedOver> {
  const { target } = turn.subscription;
  switch (target.kind) {
    case 'lambda':
      return invoke(turn, target, gathered);
    case 'https':
      return post(turn, target, gathered);
    case 'sqs':
      return send(turn, target, gathered);
  }
}

async function invoke(
  turn: Turn,
  { function: functionName }: Extract<Target, { kind: 'lambda' }>,
  gathered: Gathered,
): Promise<HandedOver> {
  const { timeoutMillis } = turn.subscription.settings;
  const place = placeOf(turn);
  const payload = eventText(place, gathered.texts);
  const invoked = await turn.targets.invoke({ functionName, payload, timeoutMillis });
  const delivery = deliveryOf(gathered);
  return { delivery, answer: answerOfFunction(invoked, place, delivery.offsets) };
}

async function post(
  turn: Turn,
  { url, secrets }: Extract<Target, { kind: 'https' }>,
  gathered: Gathered,
): Promise<HandedOver> {
  const { timeoutMillis } = turn.subscription.settings;
  const place = placeOf(turn);
  const delivery = deliveryOf(gathered);
  const body = eventText(place, gathered.texts);
  const id = idOf(turn, `${delivery.offsets[0]}-${delivery.end}`);
  const traceparent = sharedTraceparent(gathered.records);
  const posted = await turn.targets.post({
    url,
    id,
    secrets,
    body,
    timeoutMillis,
    ...(traceparent !== undefined && { traceparent }),
  });
  return { delivery, answer: answerOfEndpoint(posted, place, delivery.offsets) };
}

/** Of what is given, however often. */
function idOf({ subscription, tenure: { id } }: Turn, what: string): string {
  return `${subscription.id}-${id.topicId}-${id.partition}-${what}`;
}

/** Ten messages at a time; to a FIFO queue one, since of a batch a later message may be in when an
 * earlier one is not. Where one of those is not taken, the answer is about what came before
 * it, so that this is committed; what is left is the next delivery. */
async function send(
  turn: Turn,
  { queueUrl }: Extract<Target, { kind: 'sqs' }>,
  gathered: Gathered,
): Promise<HandedOver> {
  const { clock } = turn.engine;
  const until = clock.now() + turn.subscription.settings.timeoutMillis;
  const { texts } = gathered;
  const whole = deliveryOf(gathered);
  const { offsets, end } = whole;
  for (let at = 0; at < texts.length; ) {
    const to = isFifo(queueUrl) ? at + 1 : at + countThatFits(texts, at);
    const given = { offsets: offsets.slice(at, to), end: offsets[to] ?? end };
    const messages = texts.slice(at, to).map((body, index) => {
      return messageOf(turn, queueUrl, body, given.offsets[index] as number);
    });
    // Each has at least a moment: what there was no time for is found out by its own failure.
    const timeoutMillis = Math.max(1, until - clock.now());
    const sent = await turn.targets.send({ queueUrl, messages, timeoutMillis });
    const { taken, answer } = answerOfQueue(sent, given.offsets);
    if (answer.kind !== 'delivered') {
      const count = at + taken;
      if (count === 0) return { delivery: given, answer };
      const done = { offsets: offsets.slice(0, count), end: offsets[count] as number };
      return { delivery: done, answer: { kind: 'delivered' } };
    }
    at = to;
  }
  return { delivery: whole, answer: { kind: 'delivered' } };
}

/** At least one, too large or not. */
function countThatFits(texts: readonly string[], from: number): number {
  let bytes = 0;
  let count = 0;
  for (const text of texts.slice(from, from + queueBatchMessagesMax)) {
    bytes += text.length;
    if (count > 0 && bytes > queueBatchBytesMax) break;
    count++;
  }
  return count;
}

/** In a FIFO queue a partition is a message group. What is sent again within five minutes is not
 * there twice. */
function messageOf(turn: Turn, queueUrl: string, body: string, offset: number): QueueMessage {
  if (!isFifo(queueUrl)) return { body, fifo: undefined };
  const { topicId, partition } = turn.tenure.id;
  const deduplicationId = hashOf(idOf(turn, `${offset}`));
  return { body, fifo: { groupId: `${topicId}-${partition}`, deduplicationId } };
}

function isFifo(queueUrl: string): boolean {
  return queueUrl.endsWith('.fifo');
}
