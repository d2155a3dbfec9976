// What checkers of groups ask of a history.

import type { GivenRecord, GroupRequest, History } from '../history.ts';
import { type Index, nameOf } from './check.ts';

export type AnsweredPoll = {
  readonly request: GroupRequest;
  readonly records: readonly GivenRecord[];
};

/** Polls whose answer somebody got. */
export function pollsOf({ groups }: History, group: string): readonly AnsweredPoll[] {
  return groups.flatMap((request) => {
    const { answer } = request;
    if (request.group !== group || request.what !== 'poll' || answer.kind !== 'done') return [];
    return [{ request, records: answer.records ?? [] }];
  });
}

/** Of a name that was used by two topics, nobody can say which of them something was of. */
export function isNameOfOne(
  { logs }: Index,
  place: { readonly topic: string; readonly partition: number },
): boolean {
  return (logs.get(nameOf(place))?.length ?? 0) === 1;
}

/** Whether the instance was asked for something of that kind before the event. */
export function wasAsked(
  { groups }: History,
  instance: { readonly group: string; readonly instance: string },
  whats: readonly GroupRequest['what'][],
  event: number,
): boolean {
  return groups.some(
    (request) =>
      request.group === instance.group &&
      request.instance === instance.instance &&
      whats.includes(request.what) &&
      request.invoked < event,
  );
}
