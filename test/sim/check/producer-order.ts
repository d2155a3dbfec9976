// I5, I6, I18: of one producer id on one partition, batches stand in the order of their epochs and
// sequences, none is missing between two, each is there once, and none of an older epoch comes
// after one of a newer.

import type { History } from '../history.ts';
import { batchesOf, type Checker, type Index, placesOf, type SentOnce, told } from './check.ts';

type Stamped = {
  readonly sent: SentOnce;
  readonly offset: number;
  readonly epoch: number;
  readonly sequence: number;
};

export const producerOrder: Checker = ({ history }, index) =>
  [...stampedByProducer(history, index).values()].flatMap(judge);

function judge(all: readonly Stamped[]): string[] {
  const violations: string[] = [];
  const inOrder = all.toSorted((one, other) => one.offset - other.offset);
  let [epoch, next] = [-1, 0];
  for (const { sent, epoch: own, sequence } of inOrder) {
    if (own < epoch) violations.push(`I18: ${told(sent)} is of epoch ${own}, after ${epoch}`);
    const expected = own === epoch ? next : 0;
    if (own >= epoch && sequence !== expected) {
      violations.push(`I6: ${told(sent)} has sequence ${sequence} where ${expected} should be`);
    }
    if (own >= epoch) [epoch, next] = [own, sequence + sent.batch.records.length];
  }
  return violations;
}

function stampedByProducer(history: History, index: Index): Map<string, Stamped[]> {
  const byProducer = new Map<string, Stamped[]>();
  for (const sent of batchesOf(history)) {
    const { stamp } = sent.batch;
    if (stamp === undefined || 'key' in stamp) continue;
    for (const { log, offset } of placesOf(sent, index)) {
      const key = `${stamp.producer} ${log.id.topicId} ${log.partition}`;
      const own = byProducer.get(key) ?? [];
      byProducer.set(key, own);
      own.push({ sent, offset, epoch: stamp.epoch, sequence: stamp.sequence });
    }
  }
  return byProducer;
}
