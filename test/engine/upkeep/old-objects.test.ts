// Which objects a sweep is shown: each old one once, whatever its prefix and wherever the list
// begins, and no young one. The young are not even listed, but for a page of each prefix.
// Sections are listed side by side.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryObjects } from '../../../local/memory-objects.ts';
import { segmentsPrefix } from '../../../shared/contract.ts';
import { createEngine, openCall } from '../../../shared/engine/engine.ts';
import { type AskedObjects, oldObjects } from '../../../shared/engine/upkeep/old-objects.ts';
import { type EpochMillis, segmentIdOf } from '../../../shared/ids.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import { MemoryTable } from '../../world/memory-table.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { VirtualTime } from '../../world/virtual-time.ts';

const before = 1_000 as EpochMillis;
/** That are listed side by side; where they begin, one is of two parts. */
const sections = 9;

/** Of objects that are put under those keys. */
async function shown(
  keys: readonly string[],
  seed: number,
  most: Pick<AskedObjects, 'objectsMax' | 'keysPerPage'>,
) {
  const objects = memoryObjects();
  for (const [index, key] of keys.entries()) {
    await objects.put({ key, parts: [Buffer.alloc(index)], crc32c: 0 });
  }
  const [clock, chance] = [new VirtualTime(), seededChance(seed)];
  const engine = createEngine({ objects, table: new MemoryTable(), clock, chance });
  const call = openCall(engine, { deadline: (clock.now() + 1) as EpochMillis });
  const rounds: (readonly [string, number])[][] = [];
  for await (const round of oldObjects(engine, call, { before, ...most })) {
    rounds.push([...round].map(([id, length]) => [segmentKey(id), length]));
  }
  return { rounds, lists: call.operations.objectLists };
}

function keyOf(time: number, byte: number, drawn: number): string {
  const random = Buffer.alloc(10);
  random.writeUInt32BE(drawn);
  random[9] = byte;
  return segmentKey(segmentIdOf(time as EpochMillis, random));
}

test('each old one once, round by round', async () => {
  // Few prefixes, so that each has some.
  const last = fc.constantFrom(0, 7, 8, 15, 16, 127, 255);
  const time = fc.oneof(fc.nat({ max: 2_000 }), fc.constantFrom(999, 1_000, 1_001));
  const strange = fc.constantFrom('00/x', '7f', 'ff/zz', `80/${'0'.repeat(26)}`, 'a');
  const keys = fc.uniqueArray(
    fc.oneof(
      fc
        .tuple(time, last, fc.nat())
        .map(([at, byte, drawn]) => [keyOf(at, byte, drawn), at] as const),
      strange.map((name) => [segmentsPrefix + name, before] as const),
    ),
    { selector: ([key]) => key, maxLength: 60 },
  );
  const most = fc.integer({ min: 1, max: 20 });
  await fc.assert(
    fc.asyncProperty(keys, fc.nat(), most, most, async (all, seed, objectsMax, keysPerPage) => {
      const named = all.map(([key]) => key);
      const { rounds } = await shown(named, seed, { objectsMax, keysPerPage });
      const old = all.flatMap(([key, at], index) => (at < before ? [[key, index]] : []));
      expect(rounds.flat().toSorted()).toEqual(old.toSorted());
      expect(rounds.slice(0, -1).every(({ length }) => length >= objectsMax)).toBe(true);
      const most = objectsMax + sections * keysPerPage;
      expect(rounds.every(({ length }) => length < most)).toBe(true);
      expect(rounds.every(({ length }) => length > 0)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('the young ones of a prefix are not listed, however many they are', async () => {
  const young = Array.from({ length: 6_000 }, (_, number) => keyOf(before, 7, number));
  const old = [7, 7, 200, 200].map((byte, number) => keyOf(1, byte, number));
  for (const seed of [1, 2, 3, 4]) {
    const { rounds, lists } = await shown([...young, ...old], seed, { objectsMax: 10 });
    expect(
      rounds
        .flat()
        .map(([key]) => key)
        .toSorted(),
    ).toEqual(old.toSorted());
    // Each section, and what comes behind the young ones.
    expect(lists).toBeLessThanOrEqual(sections + 1);
  }
});

test('sections are listed side by side, and begin elsewhere each time', async () => {
  const old = Array.from({ length: 256 }, (_, byte) => keyOf(1, byte, 1));
  const first = new Set<string>();
  for (const seed of [1, 2, 3, 4, 5]) {
    const { rounds } = await shown(old, seed, { objectsMax: sections, keysPerPage: 1 });
    const keys = rounds[0]?.map(([key]) => key) ?? [];
    expect(keys).toHaveLength(sections);
    const bytes = keys.map((key) => Number.parseInt(key.slice(segmentsPrefix.length), 16)).slice(1);
    expect(bytes.map((byte) => byte - (bytes[0] ?? 0))).toEqual([
      0, 32, 64, 96, 128, 160, 192, 224,
    ]);
    first.add(keys.toString());
  }
  expect(first.size).toBeGreaterThan(3);
});
