// Sequence numbers are compared as strings, where stores keep them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { padSequence, sequenceDigitsMax } from '../../shared/ingest/kinesis.ts';
import { kinesisSequences } from './events.ts';

const numbers = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** BigInt(sequenceDigitsMax) - 1n }),
  fc.bigInt({ min: 0n, max: 1_000n }),
  fc.constantFrom(...kinesisSequences.map(BigInt)),
);

test('padded, they are in the order of their numbers', () => {
  fc.assert(
    fc.property(numbers, numbers, (one, other) => {
      const first = padSequence(String(one)) ?? '';
      const second = padSequence(String(other)) ?? '';
      expect(first).toHaveLength(sequenceDigitsMax);
      expect(BigInt(first)).toBe(one);
      expect(first < second).toBe(one < other);
      expect(first === second).toBe(one === other);
    }),
  );
});

test('what is no number, or too long a one, has none', () => {
  expect(padSequence('9'.repeat(sequenceDigitsMax))).toBe('9'.repeat(sequenceDigitsMax));
  for (const other of ['', '-1', '1.5', ' 1', '1\n', '٣', '9'.repeat(sequenceDigitsMax + 1)]) {
    expect(padSequence(other)).toBeUndefined();
  }
});
