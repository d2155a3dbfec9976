// What is written: a few numbers that stand for up to 30 kB, cut out of noise that all share. So
// the model of a hundred thousand records fits in memory, and yet every byte that is read is
// compared.

import type { ProducedRecord } from '../../shared/engine/batch-records.ts';
import type { LogRecord, RecordHeader } from '../../shared/record/record.ts';
import type { Dice } from './dice.ts';

export type Content = {
  /** null: none. */
  readonly key: string | null;
  /** Where in the noise its bytes begin. */
  readonly place: number;
  /** Of the value, in bytes; -1: it is a tombstone. */
  readonly length: number;
  readonly headers: number;
};

export type Wanted = {
  readonly key: string | null;
  /** 0 to 1. */
  readonly tombstones: number;
};

const lengthMin = 10;
const lengthMax = 30_000;
const headersMax = 2;
const noiseBytes = 1 << 20;
/** Sixteen letters: it is compressed to a half, and ten of them are never the same twice. */
const letters = Buffer.from('abcdefghijklmnop');

export class Contents {
  readonly #noise: Buffer;

  constructor(dice: Dice) {
    this.#noise = Buffer.from(
      Uint8Array.from({ length: noiseBytes }, () => letters[dice.upTo(15)] as number),
    );
  }

  draw(dice: Dice, { key, tombstones }: Wanted): Content {
    const length = Math.floor(lengthMin * (lengthMax / lengthMin) ** (dice.fraction() ** 2));
    return {
      key,
      place: dice.upTo(noiseBytes - lengthMax),
      length: dice.odds(tombstones) ? -1 : length,
      headers: dice.odds(0.8) ? 0 : 1 + dice.upTo(headersMax - 1),
    };
  }

  record(content: Content): ProducedRecord {
    const { key } = content;
    const headers = this.#headersOf(content);
    return { key: key === null ? null : Buffer.from(key), value: this.#valueOf(content), headers };
  }

  /** @returns what it has that it should not have; undefined: nothing. */
  difference(record: LogRecord, content: Content & { readonly timestamp: number }) {
    const { key, value, headers, timestamp } = record;
    if (!isSame(key, content.key === null ? null : Buffer.from(content.key))) return 'another key';
    if (!isSame(value, this.#valueOf(content))) return 'another value';
    if (timestamp !== content.timestamp) return `the time ${timestamp}`;
    const own = this.#headersOf(content);
    const areSame =
      own.length === headers.length &&
      own.every((header, at) => {
        return header.key === headers[at]?.key && isSame(header.value, headers[at].value);
      });
    return areSame ? undefined : 'other headers';
  }

  #valueOf({ place, length }: Content): Uint8Array | null {
    return length < 0 ? null : this.#noise.subarray(place, place + length);
  }

  #headersOf({ place, headers }: Content): readonly RecordHeader[] {
    const value = this.#noise.subarray(place, place + lengthMin);
    const all = [
      { key: 'trace', value },
      { key: 'nothing', value: null },
    ];
    return all.slice(0, headers);
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}
