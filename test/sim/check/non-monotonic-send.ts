// I6: what one producer sends to a partition after an acknowledgement comes after it.

import type { Log } from '../logs.ts';
import { batchesOf, type Checker, type Index, placesOf, type SentOnce, told } from './check.ts';

type Acknowledged = { readonly sent: SentOnce; readonly log: Log; readonly offset: number };

export const nonMonotonicSend: Checker = ({ history }, index) => {
  const violations: string[] = [];
  const all = acknowledged([...batchesOf(history)], index);
  const byProducer = Map.groupBy(all, ({ sent, log }) => {
    return `${sent.request.client} ${log.id.topicId} ${log.partition}`;
  });
  for (const own of byProducer.values()) {
    for (const [at, { sent, offset }] of own.entries()) {
      for (const before of own.slice(0, at)) {
        if (before.offset < offset || endOf(before.sent) > beginningOf(sent)) continue;
        const what = `${told(sent)} is at ${offset}`;
        violations.push(`I6: ${what}, ${told(before.sent)} before it is not`);
      }
    }
  }
  return violations;
};

/** Where they were told to be: under a name that is used again, one may be stored in both
 * topics. */
function acknowledged(all: readonly SentOnce[], index: Index): readonly Acknowledged[] {
  return all.flatMap((sent) => {
    const stored = sent.outcomes.find((outcome) => outcome.kind === 'stored');
    const place = placesOf(sent, index).find(({ offset }) => offset === stored?.baseOffset);
    return place === undefined ? [] : [{ sent, ...place }];
  });
}

function beginningOf({ request }: SentOnce): number {
  return request.attempts[0]?.invoked ?? 0;
}

function endOf({ request, outcomes }: SentOnce): number {
  const at = outcomes.findIndex((outcome) => outcome.kind === 'stored');
  return request.attempts[at]?.returned ?? Number.POSITIVE_INFINITY;
}
