// The identities of the log. Each is a brand, so that one cannot stand where another is meant.

declare const brand: unique symbol;
type Brand<Of, Name extends string> = Of & { readonly [brand]: Name };

/** 16 random bytes as 22 characters of base64url, as Kafka writes topic ids (KIP-516). */
export type TopicId = Brand<string, 'TopicId'>;

/** A ULID: 26 characters of Crockford's base32, 48 bits of milliseconds and 80 of chance. */
export type SegmentId = Brand<string, 'SegmentId'>;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = Brand<number, 'EpochMillis'>;

/** Who a stamped append is from: what a head calls its producer. A producer id in base 36, at most
 * 11 characters; or 12 of chance, drawn for one Idempotency-Key: the two cannot meet. */
export type ProducerKey = Brand<string, 'ProducerKey'>;

/** One life of a consumer instance: 9 bytes of chance as 12 characters of base64url, drawn when it
 * is created. A name may be used again, this never is. */
export type Incarnation = Brand<string, 'Incarnation'>;

/** One life of a group's offsets, drawn like an incarnation. What was committed in another life
 * counts for nothing. */
export type GroupLife = Brand<string, 'GroupLife'>;

/** One life of a subscription, drawn like an incarnation. */
export type SubscriptionId = Brand<string, 'SubscriptionId'>;

/** A partition of one topic. Its number says nothing without the topic id. */
export type PartitionId = { readonly topicId: TopicId; readonly partition: number };

/** A partition as callers know it. Its topic may have a successor of that name. */
export type PartitionName = { readonly topic: string; readonly partition: number };

export const topicIdBytes = 16;
/** Of a topic id as text. */
export const topicIdLength = 22;
export const segmentIdBytes = 16;

export const drawnProducerBytes = 9;
/** Of chance in an incarnation, the life of a group, or a subscription's id. */
export const drawnLifeBytes = 9;
/** Of chance in a segment id. */
export const segmentRandomBytes = 10;

const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeCharacters = 10;
/** A regular expression's: 128 bits, of which the first digit holds three. */
export const segmentIdForm = `[0-7][${base32}]{25}`;

/** @param bytes 16 of them. */
export function topicIdOf(bytes: Uint8Array): TopicId {
  return Buffer.from(bytes.buffer, bytes.byteOffset, topicIdBytes).toString('base64url') as TopicId;
}

export function topicIdToBytes(id: TopicId): Uint8Array {
  return Buffer.from(id, 'base64url');
}

/** @param id a safe integer, 0 or above. */
export function producerKeyOf(id: number): ProducerKey {
  return id.toString(36) as ProducerKey;
}

/** @param random drawnProducerBytes of chance. */
export function drawnProducerKey(random: Uint8Array): ProducerKey {
  return Buffer.from(random.subarray(0, drawnProducerBytes)).toString('base64url') as ProducerKey;
}

/** @param random drawnLifeBytes of chance. */
export function incarnationOf(random: Uint8Array): Incarnation {
  return Buffer.from(random.subarray(0, drawnLifeBytes)).toString('base64url') as Incarnation;
}

/** @param random drawnLifeBytes of chance. */
export function groupLifeOf(random: Uint8Array): GroupLife {
  return Buffer.from(random.subarray(0, drawnLifeBytes)).toString('base64url') as GroupLife;
}

/** @param random drawnLifeBytes of chance. */
export function subscriptionIdOf(random: Uint8Array): SubscriptionId {
  return incarnationOf(random) as string as SubscriptionId;
}

/** A segment id of that time: ids of later times sort after those of earlier ones.
 * @param random segmentRandomBytes of chance. Source: the ULID specification. */
export function segmentIdOf(time: EpochMillis, random: Uint8Array): SegmentId {
  const bytes = Buffer.alloc(segmentIdBytes);
  bytes.writeUIntBE(time, 0, 6);
  bytes.set(random.subarray(0, segmentRandomBytes), 6);
  return segmentIdFromBytes(bytes);
}

/** The 128 bits as 26 digits of base32; the first digit holds the top 3 bits alone. */
export function segmentIdFromBytes(bytes: Uint8Array): SegmentId {
  let text = '';
  let pending = 0;
  let bits = 2;
  for (let index = 0; index < segmentIdBytes; index++) {
    pending = ((pending << 8) | (bytes[index] ?? 0)) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32[(pending >> bits) & 31];
    }
  }
  return text as SegmentId;
}

export function segmentIdToBytes(id: SegmentId): Uint8Array {
  const bytes = new Uint8Array(segmentIdBytes);
  let pending = 0;
  let bits = -2;
  let at = 0;
  for (const character of id) {
    pending = ((pending << 5) | base32.indexOf(character)) & 0x1fff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (pending >> bits) & 255;
    }
  }
  return bytes;
}

/** The time a segment id was drawn at. The head's `sweptBefore` is compared with it. */
export function segmentTime(id: SegmentId): EpochMillis {
  let time = 0;
  for (const character of id.slice(0, timeCharacters)) time = time * 32 + base32.indexOf(character);
  return time as EpochMillis;
}
