// A history as lines that a person can read, in the order of its events.

import type {
  Answer,
  BatchOutcome,
  GroupRequest,
  ProduceRequest,
  ReadRequest,
  TopicRequest,
} from './history.ts';
import { callLines, ingestLines, subscriptionLines } from './render-triggers.ts';
import { deletionLines, upkeepLines, watchedLines } from './render-upkeep.ts';
import type { SimulatedWorld } from './world.ts';

export type Line = { readonly event: number; readonly text: string };

/** `  412  12.345 s  c1 -> p0: ...`: the event, the virtual time since the start, what happened. */
export function historyLines({ history, watch }: SimulatedWorld): readonly string[] {
  const start = history.timeOf(0) ?? 0;
  const lines: Line[] = [
    ...history.produces.flatMap(produceLines),
    ...history.reads.flatMap(readLines),
    ...history.topics.flatMap(topicLines),
    ...history.groups.flatMap(groupLines),
    ...history.calls.flatMap(callLines),
    ...history.subscriptions.flatMap(subscriptionLines),
    ...history.ingests.flatMap(ingestLines),
    ...history.deletions.flatMap(deletionLines),
    ...history.upkeep.flatMap(upkeepLines),
    ...watchedLines(watch),
    ...history.notes.map(({ event, text }) => ({ event, text: `** ${text}` })),
  ];
  return lines
    .toSorted((one, other) => one.event - other.event)
    .map(({ event, text }) => {
      const time = history.timeOf(event);
      const seconds = time === undefined ? 'never' : `${((time - start) / 1_000).toFixed(3)} s`;
      const number = Number.isFinite(event) ? String(event) : '-';
      return `${number.padStart(5)} ${seconds.padStart(11)}  ${text}`;
    });
}

function produceLines({ client, batches, attempts }: ProduceRequest): readonly Line[] {
  const places = batches.map(({ topic, partition, records }) => {
    const ids = records.map(({ id }) => id).join(' ');
    return `[${ids}] to ${topic}-${partition}`;
  });
  const first = batches[0]?.records[0]?.id;
  return attempts.flatMap(({ process, invoked, returned, outcomes }) => [
    { event: invoked, text: `${client} -> ${process}: produce ${places.join(', ')}` },
    {
      event: returned,
      text: `${client} <- ${process}: ${first} ${outcomes.map(sayOutcome).join(', ')}`,
    },
  ]);
}

function sayOutcome(outcome: BatchOutcome): string {
  if (outcome.kind === 'stored') return `stored at ${outcome.baseOffset}`;
  return 'code' in outcome ? `${outcome.kind} (${outcome.code})` : outcome.kind;
}

function readLines(read: ReadRequest): readonly Line[] {
  const { client, process, topic, partition, offset, timestamp, invoked, returned } = read;
  const time = timestamp === undefined ? 'bounds' : `time ${timestamp}`;
  const what = offset === undefined ? time : `fetch from ${offset}`;
  const place = `${topic}-${partition}`;
  return [
    { event: invoked, text: `${client} -> ${process}: ${what} of ${place}` },
    { event: returned, text: `${client} <- ${process}: ${what} of ${place}: ${say(read.answer)}` },
  ];
}

function say(answer: Answer): string {
  const bounds = 'logStart' in answer ? `, log ${answer.logStart} to ${answer.highWatermark}` : '';
  if (answer.kind === 'records') {
    const ids = answer.records.map(({ id }) => id).join(' ');
    return `[${ids}], next ${answer.nextOffset}${bounds}`;
  }
  if (answer.kind === 'offset') return `offset ${answer.offset}`;
  return answer.kind === 'error' ? answer.code : `${answer.kind}${bounds}`;
}

function topicLines({ client, process, what, topic, ...one }: TopicRequest): readonly Line[] {
  return [
    { event: one.invoked, text: `${client} -> ${process}: ${what}, topic ${topic}` },
    { event: one.returned, text: `${client} <- ${process}: ${what}, ${topic}: ${one.answer}` },
  ];
}

function groupLines(request: GroupRequest): readonly Line[] {
  const { client, process, group, instance, what, offsets = [], answer } = request;
  const whole = [
    what,
    ...offsets.map(({ topic, partition, offset }) => {
      return `${topic}-${partition}:${offset}`;
    }),
  ].join(' ');
  const place = `${group}/${instance}`;
  return [
    { event: request.invoked, text: `${client} -> ${process}: ${whole}, ${place}` },
    {
      event: request.returned,
      text: `${client} <- ${process}: ${what}, ${place}: ${sayGroup(answer)}`,
    },
  ];
}

function sayGroup(answer: GroupRequest['answer']): string {
  if (answer.kind === 'error') return answer.code;
  if (answer.kind === 'lost' || answer.records === undefined) return answer.kind;
  const records = answer.records.map(({ id, topic, partition, offset }) => {
    return `${id}@${topic}-${partition}:${offset}`;
  });
  return `[${records.join(' ')}] in ${answer.generation}`;
}
