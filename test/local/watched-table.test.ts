// A table that is watched: what was done is seen, as it was left, and what was refused is not.

import { expect, test } from 'vitest';
import { watchedTable } from '../../local/watched-table.ts';
import type { Item, Write } from '../../shared/store/algebra.ts';
import { MemoryTable } from '../world/memory-table.ts';

const key = (sk: string) => ({ pk: 'p', sk });
const put = (sk: string): Write => ({ put: { ...key(sk), n: 1 }, if: { item: 'absent' } });

test('what is done is seen, and what is refused is not', async () => {
  const seen: [readonly Write[], Item | undefined][] = [];
  const table = watchedTable(new MemoryTable(), (writes, item) => seen.push([writes, item]));
  const puts = [put('a'), put('b'), put('c')] as const;
  const add: Write = { update: key('a'), actions: [{ set: 'm', to: { value: 2 } }] };
  const gone: Write = { delete: key('a') };
  await table.write(puts[0]);
  await table.write(puts[0]);
  await table.write(add);
  await table.transact([puts[1], puts[2]]);
  await table.transact([put('d'), puts[2]]);
  await table.write(gone);
  expect(seen).toEqual([
    [[puts[0]], { ...key('a'), n: 1 }],
    [[add], { ...key('a'), n: 1, m: 2 }],
    [[puts[1], puts[2]], undefined],
    [[gone], undefined],
  ]);
  expect(await table.get(key('b'), { strong: true })).toBeDefined();
  expect(await table.query({ pk: 'p', limit: 9, strong: true })).toHaveLength(2);
});
