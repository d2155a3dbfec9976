// How the packed forms of this room begin what they say of a topic:
//
//     topic = length u8, name bytes(length), topicId bytes(16), count u16,
//             and what there is of each of so many partitions
//
// A topic's name is of ASCII characters, so that each is a byte.

import { type TopicId, topicIdBytes, topicIdOf, topicIdToBytes } from '../ids.ts';
import { readUint16, writeInt16 } from '../record/integers.ts';

export type PackedTopic = { readonly name: string; readonly id: TopicId; readonly count: number };

/** @param bytesEach of each of its partitions, for which there is room after it.
 * @returns the bytes, and where the first partition goes. */
export function packTopic({ name, id, count }: PackedTopic, bytesEach: number) {
  const at = 1 + name.length + topicIdBytes;
  const bytes = Buffer.alloc(at + 2 + count * bytesEach);
  bytes[0] = name.length;
  bytes.write(name, 1, 'latin1');
  bytes.set(topicIdToBytes(id), 1 + name.length);
  writeInt16(bytes, at, count);
  return { bytes, first: at + 2 };
}

/** @param at where the topic begins. @returns it, and where its first partition is. */
export function unpackTopic(bytes: Uint8Array, at: number): PackedTopic & { first: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = at + 1 + (view[at] as number);
  const name = view.toString('latin1', at + 1, end);
  const id = topicIdOf(view.subarray(end, end + topicIdBytes));
  const count = readUint16(view, end + topicIdBytes);
  return { name, id, count, first: end + topicIdBytes + 2 };
}
