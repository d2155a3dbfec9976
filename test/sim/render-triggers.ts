// What happened of subscriptions and sources, as lines that a person can read.

import type { IngestRequest, SubscriptionRequest, TargetCall, Told } from './history.ts';
import type { Line } from './render.ts';

export function callLines({ receiver, process, records, ...call }: TargetCall): readonly Line[] {
  const place = `${call.topic}-${call.partition}`;
  const ids = records.map(({ id, offset }) => `${offset}:${id}`).join(' ');
  const [first] = records;
  const which = `${place} ${first?.offset}:${first?.id}`;
  const taken = [...call.taken].join(' ');
  return [
    { event: call.invoked, text: `${receiver} <- ${process}: is given ${place} [${ids}]` },
    { event: call.answered, text: `${receiver}: is done with [${taken}] of ${which}` },
    { event: call.returned, text: `${receiver} -> ${process}: ${sayTold(call.told)} of ${which}` },
  ];
}

function sayTold(told: Told | undefined): string {
  if (told === undefined) return 'nothing';
  const offset = 'offset' in told ? ` ${told.offset}` : '';
  return `${told.kind}${offset}${'reason' in told ? `, ${told.reason}` : ''}`;
}

export function subscriptionLines(request: SubscriptionRequest): readonly Line[] {
  const { client, process, what, name, invoked, returned, answer } = request;
  return [
    { event: invoked, text: `${client} -> ${process}: ${what} ${name}` },
    { event: returned, text: `${client} <- ${process}: ${what} ${name}: ${answer}` },
  ];
}

export function ingestLines(request: IngestRequest): readonly Line[] {
  const { client, process, topic, records, invoked, returned, answer } = request;
  const ids = records.map(({ id }) => id).join(' ');
  const said = typeof answer === 'string' ? answer : `not [${[...answer].join(' ')}]`;
  return [
    { event: invoked, text: `${client} -> ${process}: brings [${ids}] to ${topic}` },
    { event: returned, text: `${client} <- ${process}: [${ids}]: ${said}` },
  ];
}
