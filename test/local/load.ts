// Producers that write as fast as they are answered until the server is gone, and the look
// afterwards at what of it is there. A record's key says who sent it, in which request, as which of
// how many.

import { expect } from 'vitest';
import type { Chance } from '../../shared/engine/environment.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { endOffset, type Fetched, fetchAll, produce, produceRaw } from './conversation.ts';

export const topic = 'orders';
export const partitions = 3;

export type Journal = {
  readonly sent: Set<string>;
  /** By partition: the keys by the offsets that were answered. */
  readonly acknowledged: readonly Map<number, string>[];
};

export type Load = {
  readonly url: string;
  readonly journal: Journal;
  /** Tells this load's keys from those of others. */
  readonly round: number;
  readonly chance: Chance;
  /** Called after every request that was answered. */
  readonly answered: () => void;
};

/** Records of one request for one partition: stored as one batch, all or none. */
type Share = { readonly partition: number; readonly keys: readonly string[] };

type Send = (url: string, share: Share) => Promise<readonly number[]>;

const producers: readonly Send[] = [sendJson, sendRaw, sendJson, sendRaw, sendJson, sendRaw];
const recordsMax = 5;

export function newJournal(): Journal {
  const acknowledged = Array.from({ length: partitions }, () => new Map<number, string>());
  return { sent: new Set(), acknowledged };
}

/** Resolves when the server answers nobody any more. */
export async function produceUntilGone(load: Load): Promise<void> {
  await Promise.all(producers.map((send, producer) => produceOneByOne(load, send, producer)));
}

async function produceOneByOne(load: Load, send: Send, producer: number): Promise<void> {
  const { url, journal, round, chance } = load;
  for (let sequence = 0; ; sequence++) {
    const count = 1 + Math.floor(chance.fraction() * recordsMax);
    const partition = Math.floor(chance.fraction() * partitions);
    const request = `${round}/${producer}/${sequence}`;
    const keys = Array.from({ length: count }, (_, index) => `${request}/${index}/${count}`);
    for (const key of keys) journal.sent.add(key);
    const offsets = await send(url, { partition, keys }).catch(unlessGone);
    if (offsets === undefined) return;
    for (const [index, key] of keys.entries()) {
      journal.acknowledged[partition]?.set(offsets[index] ?? Number.NaN, key);
    }
    load.answered();
  }
}

/** What fetch throws for a connection that was refused or cut. Any other failure is one. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof TypeError)) throw error;
}

async function sendJson(url: string, { partition, keys }: Share): Promise<readonly number[]> {
  const records = keys.map((key) => ({ key, value: valueFor(key) }));
  const produced = await produce(url, `topics/${topic}/partitions/${partition}`, records);
  return produced.map(({ offset }) => offset);
}

async function sendRaw(url: string, { partition, keys }: Share): Promise<readonly number[]> {
  const records = keys.map((key, index) => ({
    timestamp: index,
    key: Buffer.from(key),
    value: Buffer.from(valueFor(key)),
    headers: [],
  }));
  const batch = encodeBatch({ records, compression: 'zstd' });
  const first = await produceRaw(url, `topics/${topic}/partitions/${partition}`, batch);
  return keys.map((_, index) => first + index);
}

/** Of many sizes, from a key's own to a kilobyte: a request's records may be worth compressing. */
function valueFor(key: string): string {
  const [, , sequence = ''] = key.split('/');
  return `${key};`.repeat(1 + 7 * (Number(sequence) % 16));
}

/** Everything acknowledged is where it was said to be, everything sent is there once at most and in
 * its sender's order, a batch is whole, and nothing else is there. */
export async function expectJournal(url: string, journal: Journal): Promise<void> {
  const seen = new Set<string>();
  for (const [partition, acknowledged] of journal.acknowledged.entries()) {
    const records = await fetchAll(url, topic, partition);
    expect(await endOffset(url, topic, partition)).toBe(records.length);
    expectWholeBatches(records, (key) => journal.sent.has(key) && seen.size < seen.add(key).size);
    const misplaced = [...acknowledged].filter(([offset, key]) => records[offset]?.key !== key);
    expect(misplaced, `of partition ${partition}`).toEqual([]);
  }
}

/** @param isNew whether a key was sent, and not seen before. */
function expectWholeBatches(records: readonly Fetched[], isNew: (key: string) => boolean): void {
  const latest = new Map<string, number>();
  let next = 0;
  for (const [index, { offset, key, value }] of records.entries()) {
    const [round, producer, sequence = -1, at, count] = (key ?? '').split('/').map(Number);
    const sender = `${round}/${producer}`;
    const isInOrder = at === next && (at > 0 || sequence > (latest.get(sender) ?? -1));
    const isOurs = key !== null && isNew(key) && value === valueFor(key);
    // Compared by hand: an expectation for each of ten thousand records takes seconds.
    if (offset !== index || !isInOrder || !isOurs) {
      expect.fail(`offset ${offset}, where ${index} is due, holds ${key}: ${value}`);
    }
    latest.set(sender, sequence);
    next = at + 1 === count ? 0 : at + 1;
  }
  expect(next, 'the last batch is whole').toBe(0);
}
