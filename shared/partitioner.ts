// Which partition a key belongs to. Kafka's Java client says the same, so that records with one key
// meet in one partition whoever sends them.
//
// Source: Kafka's BuiltInPartitioner.partitionForKey and Utils.murmur2.

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** @param partitions at least 1. */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return partitionForHash(murmur2(key), partitions);
}

/** @param hash murmur2 of the key. @param partitions at least 1. */
export function partitionForHash(hash: number, partitions: number): number {
  return (hash & 0x7fffffff) % partitions;
}

/** MurmurHash2 with Kafka's seed.
 * @param length how many of the bytes; the three that follow them are zeros, if there are any.
 * @returns a signed 32-bit number. */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  const tail = length - (length % 4);
  let hash = seed ^ length;
  for (let at = 0; at < tail; at += 4) {
    const mixed = Math.imul(readLittleEndian(bytes, at), multiplier);
    hash = Math.imul(hash, multiplier) ^ Math.imul(mixed ^ (mixed >>> 24), multiplier);
  }
  // Past the end the bytes are zeros, which leave the hash as it is.
  if (tail < length) hash = Math.imul(hash ^ readLittleEndian(bytes, tail), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

function readLittleEndian(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return low | ((bytes[at + 3] ?? 0) << 24);
}
