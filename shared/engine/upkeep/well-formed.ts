// Whether an item is one of its kind, so that it can be read. All others who read items rely on it,
// and crash where it does not hold: what the engine wrote is as it wrote it. Here it is asked.

import { refBytes } from '../../limits.ts';
import { isRef } from '../../log/ref.ts';
import { type Item, isMap, type Value } from '../../store/algebra.ts';
import {
  chunkBaseOffset,
  chunkItem,
  chunkSk,
  headItem,
  rewriteItem,
  topicItem,
} from '../../store/items.ts';

const states: readonly Value[] = ['making', 'live', 'deleting'];

/** What is wrong with a topic's item, in words; undefined: nothing. */
export function topicFault(item: Item): string | undefined {
  const { partitions, heads, createdAt, version } = topicItem;
  const fault = numbersFault(item, [partitions, heads, createdAt, version]);
  if (fault !== undefined) return fault;
  if (typeof item[topicItem.id] !== 'string') return 'it has no id';
  if (!states.includes(item[topicItem.state] ?? '')) return 'its state is none';
  return isMap(item[topicItem.configs]) ? undefined : 'its settings are no map';
}

export function headFault(item: Item): string | undefined {
  const { nextOffset, logStart, tailBase, timeBefore, evictedUpTo, sweptBefore } = headItem;
  const numbers = [nextOffset, logStart, tailBase, timeBefore, evictedUpTo, sweptBefore];
  const fault = numbersFault(item, numbers) ?? numbersFault(item, residentNumbers(item));
  if (fault !== undefined) return fault;
  const tail = item[headItem.tail];
  if (!Array.isArray(tail)) return 'its tail is no list';
  const isOne = (ref: Value) => ref instanceof Uint8Array && ref.length === refBytes && isRef(ref);
  const at = tail.findIndex((ref) => !isOne(ref));
  return at < 0 ? undefined : `what is in its tail at ${at} is no ref`;
}

export function chunkFault(item: Item): string | undefined {
  if (!isChunkKey(item.sk)) return 'its key says no offset';
  const fault = numbersFault(item, [chunkItem.timeThrough]);
  if (fault !== undefined) return fault;
  const refs = item[chunkItem.refs];
  if (!(refs instanceof Uint8Array) || refs.length === 0) return 'it has no refs';
  for (let at = 0; at < refs.length; at += refBytes) {
    if (!isRef(refs, at)) return `what it has at byte ${at} is no ref`;
  }
  return undefined;
}

/** Whether it says an offset, as chunks' keys do. */
export function isChunkKey(sk: string): boolean {
  return chunkSk(chunkBaseOffset(sk)) === sk;
}

export function rewritesFault(item: Item): string | undefined {
  const { sweptBefore, mergedTo, version, small, compaction } = rewriteItem;
  const fault = numbersFault(item, [sweptBefore, mergedTo, version]);
  if (fault !== undefined) return fault;
  if (!Array.isArray(jsonIn(item, small))) return 'what is small is no list';
  if (!(compaction in item)) return undefined;
  const known = jsonIn(item, compaction);
  return known instanceof Object && 'cleanedTo' in known
    ? undefined
    : 'what compaction knows does not say how far it is';
}

function numbersFault(item: Item, names: readonly string[]): string | undefined {
  const wrong = names.find((name) => typeof item[name] !== 'number');
  return wrong === undefined ? undefined : `its attribute ${wrong} is no number`;
}

function residentNumbers(item: Item): readonly string[] {
  const { producerNext, producerFirst, producerBase } = headItem;
  return Object.keys(item)
    .filter((name) => name.startsWith(producerNext))
    .map((name) => name.slice(producerNext.length))
    .flatMap((key) => [producerNext + key, producerFirst + key, producerBase + key]);
}

/** @returns undefined: it has no JSON there. */
function jsonIn(item: Item, name: string): unknown {
  try {
    return JSON.parse(item[name] as string);
  } catch {
    return undefined;
  }
}
