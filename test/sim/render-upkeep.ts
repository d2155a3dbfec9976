// Housekeeping, as lines that a person can read.

import type { DeletionRequest, UpkeepRequest } from './history.ts';
import type { LogWatch } from './log-watch.ts';
import type { Line } from './render.ts';

export function upkeepLines(request: UpkeepRequest): readonly Line[] {
  const { client, process, what, invoked, returned, answer } = request;
  return [
    { event: invoked, text: `${client} -> ${process}: ${what}` },
    { event: returned, text: `${client} <- ${process}: ${what}: ${answer}` },
  ];
}

export function deletionLines(request: DeletionRequest): readonly Line[] {
  const { client, process, topic, partition, before, invoked, returned, answer } = request;
  const what = `delete ${topic}-${partition} below ${before}`;
  const heard =
    typeof answer === 'string' ? answer : `log ${answer.logStart} to ${answer.highWatermark}`;
  return [
    { event: invoked, text: `${client} -> ${process}: ${what}` },
    { event: returned, text: `${client} <- ${process}: ${what}: ${heard}` },
  ];
}

/** What became of logs, which nobody is told. */
export function watchedLines({ partitions }: Pick<LogWatch, 'partitions'>): readonly Line[] {
  return [...partitions.values()].flatMap(({ topic, id, starts, rewrites, leavings }) => {
    const say = (event: number, what: string) => ({
      event,
      text: `                ${topic}-${id.partition} ${what}`,
    });
    return [
      ...starts.map(({ to, event }) => say(event, `starts at ${to}`)),
      ...rewrites.map(({ baseOffset, endOffset, event }) =>
        say(event, `is rewritten from ${baseOffset} to ${endOffset}`),
      ),
      ...[...leavings].map(([offset, { why, event }]) => say(event, `${offset} is ${why}`)),
    ];
  });
}
