// The packed forms of what an instance holds and of a group's target: round trips, and bytes of
// today that are read for ever.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHoldings, encodeHoldings, type Holding } from '../../shared/group/holdings.ts';
import { encodeTarget, readTarget, type Target } from '../../shared/group/target.ts';
import { type Incarnation, type TopicId, topicIdBytes, topicIdOf } from '../../shared/ids.ts';
import { partitionsPerTopicMax, topicNameLengthMax } from '../../shared/limits.ts';
import { bytesIn } from '../../shared/store/algebra.ts';
import { targetItem } from '../../shared/store/group-items.ts';

const topicId = fc.uint8Array({ minLength: topicIdBytes, maxLength: topicIdBytes }).map(topicIdOf);
const topicName = fc.stringMatching(/^[a-zA-Z0-9._-]+$/, { maxLength: topicNameLengthMax });
const number = fc.maxSafeNat();
const known = fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER });

const holding = fc.record({
  partition: fc.nat({ max: partitionsPerTopicMax - 1 }),
  fence: number,
  takenIn: number,
  position: known,
  delivered: known,
  committed: known,
});

const holdings = fc
  .uniqueArray(fc.record({ topic: topicName, topicId }), { selector: (topic) => topic.topicId })
  .chain((topics) =>
    fc.tuple(
      ...topics.map((topic) =>
        fc
          .uniqueArray(holding, { minLength: 1, selector: ({ partition }) => partition })
          .map((all) => all.map((one): Holding => ({ ...topic, ...one }))),
      ),
    ),
  )
  .map((all) => all.flat());

test('what an instance holds is read as it was written', () => {
  fc.assert(
    fc.property(holdings, (all) => {
      expect(decodeHoldings(encodeHoldings(all))).toEqual(all);
    }),
  );
});

const zeros = topicIdOf(new Uint8Array(topicIdBytes));

test('golden bytes of holdings', () => {
  const place = { topic: 'ab', topicId: zeros };
  const bytes = encodeHoldings([
    { ...place, partition: 1, fence: 2, takenIn: 3, position: 4, delivered: 5, committed: -1 },
  ]);
  const golden =
    '026162' +
    '00'.repeat(16) +
    '0001' +
    '00000001' +
    '0000000000000002' +
    '0000000000000003' +
    '0000000000000004' +
    '0000000000000005' +
    'ffffffffffffffff';
  expect(Buffer.from(bytes).toString('hex')).toBe(golden);
  expect(encodeHoldings([])).toEqual(Buffer.alloc(0));
});

const members = ['anna', 'bert', 'carl'] as Incarnation[];

const target: fc.Arbitrary<Target> = fc.record({
  generation: number,
  topics: fc.uniqueArray(
    fc.record({
      name: topicName,
      id: topicId,
      owners: fc.array(fc.constantFrom(...members)),
    }),
    { selector: ({ name }) => name },
  ),
});

test('a target is read as it was written', () => {
  fc.assert(
    fc.property(target, (one) => {
      expect(readTarget(encodeTarget('shop', one))).toEqual(one);
    }),
  );
});

test('golden bytes of a target', () => {
  const owners = [members[1], members[1], members[0]] as Incarnation[];
  const item = encodeTarget('shop', { generation: 7, topics: [{ name: 'ab', id: zeros, owners }] });
  expect(item).toMatchObject({ pk: 'group#shop', sk: 'target', g: 7, m: ['anna', 'bert'] });
  const golden = `026162${'00'.repeat(16)}0003000100010000`;
  expect(Buffer.from(bytesIn(item, targetItem.topics)).toString('hex')).toBe(golden);
});

test('ids that are no name of a topic of ours are kept too', () => {
  const id = 'AAECAwQFBgcICQoLDA0ODw' as TopicId;
  const all = [{ name: 'x', id, owners: [] }];
  expect(readTarget(encodeTarget('g', { generation: 0, topics: all })).topics).toEqual(all);
});
