// What a process knows of heads, from the answers it got. Old knowledge is harmless: it bounds
// look-ups from below and draws segment times, and decides nothing.

import { readHead } from '../log/head.ts';
import type { Item } from '../store/algebra.ts';
import type { Engine } from './engine.ts';

export function learnHead(engine: Engine, partitionPk: string, item: Item): void {
  const { nextOffset, sweptBefore } = readHead(item);
  const known = engine.heads.get(partitionPk);
  if (known !== undefined && known.nextOffset > nextOffset) return;
  engine.heads.set(partitionPk, { nextOffset, sweptBefore });
}
