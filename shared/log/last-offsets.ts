// The last offset of each key of a stretch of log: what a compaction knows of what comes later.
//
// A key is known by the first 16 bytes of its SHA-256, so that a place is of one size: two keys
// that share them would be one, and the older one's last record be lost. Among three million keys
// and a trillion others that are looked up, the odds of that are one in 10^20; and nobody can find
// a key that meets another's.
//
//     place = hash bytes(16), offset + 1 f64 (0: free)      open addressing, the next one if taken

import { hash } from 'node:crypto';

const bytesPerPlace = 24;
const placesAtFirst = 1_024;
/** Of all places, so that a free one is near. */
const loadMax = 0.75;

export class LastOffsets {
  readonly #keysMax: number;
  #places = placesAtFirst;
  #hashes = new Uint32Array(4 * placesAtFirst);
  #offsets = new Float64Array(placesAtFirst);
  #size = 0;

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  get size(): number {
    return this.#size;
  }

  /** Offsets come in their order.
   * @returns false: the key is new, and there is no room for it. */
  set(key: Uint8Array, offset: number): boolean {
    const words = wordsOf(key);
    let place = this.#find(words);
    if (this.#offsets[place] === 0) {
      if (this.#size >= this.#keysMax) return false;
      if (this.#size >= this.#places * loadMax) {
        this.#grow();
        place = this.#find(words);
      }
      this.#hashes.set(words, 4 * place);
      this.#size++;
    }
    this.#offsets[place] = offset + 1;
    return true;
  }

  /** undefined: the key is not among them. */
  get(key: Uint8Array): number | undefined {
    if (this.#size === 0) return undefined;
    const found = this.#offsets[this.#find(wordsOf(key))] as number;
    return found === 0 ? undefined : found - 1;
  }

  /** The place of that hash, or the free one that it would take. */
  #find(words: Uint32Array): number {
    const hashes = this.#hashes;
    let place = (words[0] as number) & (this.#places - 1);
    while (this.#offsets[place] !== 0) {
      const at = 4 * place;
      if (
        hashes[at] === words[0] &&
        hashes[at + 1] === words[1] &&
        hashes[at + 2] === words[2] &&
        hashes[at + 3] === words[3]
      ) {
        return place;
      }
      place = (place + 1) & (this.#places - 1);
    }
    return place;
  }

  #grow(): void {
    const [hashes, offsets] = [this.#hashes, this.#offsets];
    this.#places *= 2;
    this.#hashes = new Uint32Array(4 * this.#places);
    this.#offsets = new Float64Array(this.#places);
    for (let from = 0; from < offsets.length; from++) {
      const offset = offsets[from] as number;
      if (offset === 0) continue;
      const words = hashes.subarray(4 * from, 4 * from + 4);
      const place = this.#find(words);
      this.#hashes.set(words, 4 * place);
      this.#offsets[place] = offset;
    }
  }
}

/** What so many keys take at most, in bytes, and half as much again while it grows to that. */
export function lastOffsetsBytesMax(keys: number): number {
  let places = placesAtFirst;
  while (places * loadMax < keys) places *= 2;
  return places * bytesPerPlace;
}

/** One for all: it is read before the next is made. */
const words = new Uint32Array(4);

/** As text of a character a byte, which Node gives four times as fast as bytes. */
function wordsOf(key: Uint8Array): Uint32Array {
  const digest = hash('sha256', key, 'binary');
  for (let word = 0; word < 4; word++) {
    let bits = 0;
    for (let at = 4 * word; at < 4 * word + 4; at++) bits = (bits << 8) | digest.charCodeAt(at);
    words[word] = bits;
  }
  return words;
}
