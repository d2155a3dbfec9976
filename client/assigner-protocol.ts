// What a member of a group reads, and of which topics, in the bytes by which Kafka's clients tell
// each other: users of kafkajs decode what describeGroups gives them.
//
//     MemberAssignment  version int16, [topic string, partitions [int32]], user data bytes
//     MemberMetadata    version int16, topics [string], user data bytes
//
// A list is its length as int32 and its items, a string its length as int16 and UTF-8, bytes their
// length as int32 (-1: none) and themselves. All integers are big-endian.
// Source: ConsumerProtocolAssignment.json and ConsumerProtocolSubscription.json of Apache Kafka.

/** Partitions by topic. */
export type Assignment = { readonly [topic: string]: readonly number[] };

export type MemberAssignment = {
  readonly version: number;
  readonly assignment: Assignment;
  readonly userData: Buffer;
};

export type MemberMetadata = {
  readonly version: number;
  readonly topics: readonly string[];
  readonly userData: Buffer;
};

export function encodeAssignment({ version, assignment, userData }: MemberAssignment): Buffer {
  const topics = Object.entries(assignment);
  return Buffer.concat([
    int16(version),
    int32(topics.length),
    ...topics.flatMap(([topic, partitions]) => {
      return [string(topic), int32(partitions.length), ...partitions.map(int32)];
    }),
    bytes(userData),
  ]);
}

export function encodeMetadata({ version, topics, userData }: MemberMetadata): Buffer {
  return Buffer.concat([
    int16(version),
    int32(topics.length),
    ...topics.map(string),
    bytes(userData),
  ]);
}

export const AssignerProtocol = {
  MemberAssignment: {
    encode: encodeAssignment,
    /** null: there are no bytes. @throws RangeError of bytes that end too early. */
    decode: (buffer: Buffer): MemberAssignment | null => {
      if (buffer.length === 0) return null;
      const reader = new Reader(buffer);
      const version = reader.int16();
      const topics = reader.list(() => [reader.string(), reader.list(() => reader.int32())]);
      return { version, assignment: Object.fromEntries(topics), userData: reader.bytes() };
    },
  },
  MemberMetadata: {
    encode: encodeMetadata,
    /** null: there are no bytes. @throws RangeError of bytes that end too early. */
    decode: (buffer: Buffer): MemberMetadata | null => {
      if (buffer.length === 0) return null;
      const reader = new Reader(buffer);
      const version = reader.int16();
      return { version, topics: reader.list(() => reader.string()), userData: reader.bytes() };
    },
  },
} as const;

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function string(text: string): Buffer {
  const encoded = Buffer.from(text);
  return Buffer.concat([int16(encoded.length), encoded]);
}

function bytes(data: Buffer): Buffer {
  return Buffer.concat([int32(data.length), data]);
}

class Reader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  int16(): number {
    const value = this.#buffer.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  int32(): number {
    const value = this.#buffer.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  string(): string {
    return this.#take(this.int16()).toString();
  }

  bytes(): Buffer {
    return this.#take(Math.max(0, this.int32()));
  }

  list<Item>(item: () => Item): Item[] {
    const length = this.int32();
    // Before there is room for them: a length that is not true would take all memory.
    if (length > this.#buffer.length) throw new RangeError('a list is longer than its bytes');
    return Array.from({ length }, item);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#buffer.length) throw new RangeError('bytes end too early');
    const taken = this.#buffer.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
