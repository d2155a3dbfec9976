// The objects as they are listed, once, and their footers, each read when it is asked for. What is
// not in the list is looked for on its own: it may be younger than the list.
//
// It takes about a hundred bytes of memory for every object.

import { LRUCache } from 'lru-cache';
import { segmentsPrefix } from '../../../contract.ts';
import type { SegmentId } from '../../../ids.ts';
import type { FooterEntry } from '../../../segment/footer.ts';
import { segmentKey } from '../../../segment/keys.ts';
import { partitionPk } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import { repeatable } from '../../retry.ts';
import { footerOf } from '../object-footer.ts';
import type { Entries } from './judge-bytes.ts';

/** What S3 lists at once. */
const keysPerPage = 1_000;
/** Of footers that are kept: some ten megabytes. */
const entriesKeptMax = 100_000;

export type StoredFooter =
  | (Entries & { readonly kind: 'entries' })
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** There is no such object. */
  | { readonly kind: 'missing' };

export class StoredObjects {
  /** Bytes by key. */
  readonly listed = new Map<string, number>();
  /** Those of all footers that were read (partitionPk). */
  readonly partitions = new Set<string>();
  readonly #engine: Engine;
  readonly #call: Call;
  readonly #footers = new LRUCache<SegmentId, StoredFooter>({
    maxSize: entriesKeptMax,
    sizeCalculation: (footer) => (footer.kind === 'entries' ? footer.entries.length + 1 : 1),
  });

  /** Reads that are under way. */
  readonly #reads = new Map<SegmentId, Promise<StoredFooter>>();

  constructor(engine: Engine, call: Call) {
    this.#engine = engine;
    this.#call = call;
  }

  /** All of them anew. @throws EngineError THROTTLED, UNAVAILABLE, as everything here does. */
  async list(): Promise<void> {
    this.listed.clear();
    for (let after: string | undefined; ; ) {
      const page = { prefix: segmentsPrefix, limit: keysPerPage };
      const next = after === undefined ? page : { ...page, after };
      const objects = await repeatable(this.#engine, this.#call, () =>
        this.#call.objects.list(next),
      );
      for (const { key, length } of objects) this.listed.set(key, length);
      if (objects.length < keysPerPage) return;
      after = objects.at(-1)?.key;
    }
  }

  /** In bytes; undefined: there is none. */
  async lengthOf(id: SegmentId): Promise<number | undefined> {
    return this.listed.get(segmentKey(id)) ?? (await this.#lookFor(segmentKey(id)));
  }

  /** Many may ask for one at once: it is read once. */
  async footerOf(id: SegmentId): Promise<StoredFooter> {
    const known = this.#footers.get(id) ?? this.#reads.get(id);
    if (known !== undefined) return known;
    const read = this.#footerOf(id).finally(() => this.#reads.delete(id));
    this.#reads.set(id, read);
    return read;
  }

  async #footerOf(id: SegmentId): Promise<StoredFooter> {
    const length = await this.lengthOf(id);
    const footer = length === undefined ? undefined : await this.#read(id, length);
    if (footer === undefined) return { kind: 'missing' };
    this.#footers.set(id, footer);
    return footer;
  }

  /** undefined: there is none. Shorter where the object ends. */
  async read(
    id: SegmentId,
    { position, length }: { readonly position: number; readonly length: number },
  ): Promise<Uint8Array | undefined> {
    const range = { key: segmentKey(id), position, length };
    return repeatable(this.#engine, this.#call, () => this.#call.objects.read(range));
  }

  /** Its length and footer are asked for again, when they are needed. */
  forget(id: SegmentId): void {
    this.listed.delete(segmentKey(id));
    this.#footers.delete(id);
  }

  async #lookFor(key: string): Promise<number | undefined> {
    const page = { prefix: key, limit: 1 };
    const found = await repeatable(this.#engine, this.#call, () => this.#call.objects.list(page));
    const length = found.find((object) => object.key === key)?.length;
    if (length !== undefined) this.listed.set(key, length);
    return length;
  }

  async #read(id: SegmentId, length: number): Promise<StoredFooter | undefined> {
    const footer = await footerOf(this.#engine, this.#call, { id, length });
    if (footer === undefined) return undefined;
    if (footer.kind === 'malformed') return { kind: 'unreadable', reason: footer.reason };
    const { entries } = footer;
    for (const entry of entries) this.partitions.add(partitionPk(entry));
    return { kind: 'entries', entries, positions: entries.map(positionOf) };
  }
}

function positionOf({ position }: FooterEntry): number {
  return position;
}
