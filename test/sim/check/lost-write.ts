// I1, I2, I5, I17: what was acknowledged is stored, whole and in one piece, byte for byte, at just
// the offsets that were told; and all attempts at one batch are told the same.

import type { BatchOutcome, ReadRecord, SentRecord } from '../history.ts';
import {
  batchesOf,
  type Checker,
  type Index,
  isAcknowledged,
  type Place,
  placesOf,
  type SentOnce,
  told,
} from './check.ts';

export const lostWrite: Checker = ({ history }, index) =>
  [...batchesOf(history)].flatMap((sent) => judge(sent, index));

function judge(sent: SentOnce, index: Index): readonly string[] {
  const { outcomes } = sent;
  const places = placesOf(sent, index);
  if (places.length === 0) {
    return outcomes.some(isAcknowledged) ? [`I1: ${told(sent)} was acknowledged, and is lost`] : [];
  }
  const offsets = places.map(({ offset }) => offset);
  const wrong = outcomes.filter(
    (outcome) => outcome.kind === 'stored' && !offsets.includes(outcome.baseOffset),
  );
  const where = offsets.join(' and ');
  return [
    ...wrong.map((outcome) => `I1: ${told(sent)} was told ${said(outcome)}, and is at ${where}`),
    ...places.flatMap((place) => judgePlace(sent, place)),
  ];
}

function said(outcome: BatchOutcome): string {
  return outcome.kind === 'stored' ? `that it is at ${outcome.baseOffset}` : outcome.kind;
}

function judgePlace(sent: SentOnce, { log, offset }: Place): readonly string[] {
  const { batch } = sent;
  const violations: string[] = [];
  if (log.topic !== batch.topic || log.partition !== batch.partition) {
    violations.push(`I1: ${told(sent)} is in ${log.topic}-${log.partition}`);
  }
  for (const [at, record] of batch.records.entries()) {
    const stored = log.records[offset + at];
    if (stored?.id !== record.id) violations.push(`I2: ${told(sent)} is not in one piece`);
    else if (!isSameRecord(stored, record))
      violations.push(`I17: ${told(sent)} is stored as other bytes`);
  }
  return violations;
}

/** @param sent without a timestamp it got whatever the engine gave it. */
export function isSameRecord(stored: ReadRecord, sent: SentRecord): boolean {
  return (
    sameBytes(stored.key, sent.key) &&
    sameBytes(stored.value, sent.value) &&
    stored.headers.length === sent.headers.length &&
    stored.headers.every(({ key, value }, at) => {
      const header = sent.headers[at];
      return header !== undefined && header.key === key && sameBytes(value, header.value);
    }) &&
    (sent.timestamp === undefined || stored.timestamp === sent.timestamp)
  );
}

export function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return Buffer.compare(one, other) === 0;
}
