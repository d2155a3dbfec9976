// A DNS server on this machine that knows the names a test tells it, and of some says nothing.
//
// Source: RFC 1035, 4.1; RFC 3596, 2 (AAAA).

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** The codes that answers come with. */
export const answerCodes = { good: 0, serverFailure: 2, noSuchName: 3 } as const;

/** Of one kind of a name: its addresses, none of which is no error, or why there are none; or no
 * answer. */
export type Told = readonly string[] | keyof typeof answerCodes | 'silence';

/** Addresses of IPv6 in full: eight groups. A name that is not there is no such name. */
export type Names = Readonly<Record<string, { readonly ipv4: Said; readonly ipv6: Said }>>;

/** What is promised is said when it is known. */
type Said = Told | Promise<Told>;

export type NameServer = {
  /** As a resolver is told of it: address and port. */
  readonly address: string;
  /** `name type`, in the order they came. */
  readonly asked: readonly string[];
  /** Resolves when so many were asked. */
  readonly askedAtLeast: (count: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const types = { ipv4: 1, ipv6: 28 };
const headerBytes = 12;

export async function startNameServer(names: Names): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', async (query, from) => {
    const { name, kind, questionEnd } = questionIn(query);
    asked.push(`${name} ${kind}`);
    socket.emit('asked');
    const told = (await names[name]?.[kind]) ?? 'noSuchName';
    if (told !== 'silence') socket.send(answerTo(query, questionEnd, kind, told), from.port);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const askedAtLeast = async (count: number) => {
    while (asked.length < count) await once(socket, 'asked');
  };
  const stop = async () => {
    socket.close();
    await once(socket, 'close');
  };
  return { address: `127.0.0.1:${socket.address().port}`, asked, askedAtLeast, stop };
}

/** Its one question: labels, each behind its length, up to an empty one; type, class. */
function questionIn(query: Buffer) {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const kind = query.readUInt16BE(at + 1) === types.ipv4 ? 'ipv4' : 'ipv6';
  return { name: labels.join('.'), kind, questionEnd: at + 5 } as const;
}

function answerTo(
  query: Buffer,
  questionEnd: number,
  kind: keyof typeof types,
  told: readonly string[] | keyof typeof answerCodes,
): Buffer {
  const code = answerCodes[typeof told === 'string' ? told : 'good'];
  const addresses = typeof told === 'string' ? [] : told;
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  // An answer, as wished by recursion, which is there.
  header.writeUInt16BE(0x8180 + code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => recordOf(kind, bytesOf(kind, address)));
  return Buffer.concat([header, query.subarray(headerBytes, questionEnd), ...records]);
}

/** The name, as where it stands in the question; type, class, seconds to live, length, address. */
function recordOf(kind: keyof typeof types, address: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 + headerBytes, 0);
  head.writeUInt16BE(types[kind], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(address.length, 10);
  return Buffer.concat([head, address]);
}

function bytesOf(kind: keyof typeof types, address: string): Buffer {
  if (kind === 'ipv4') return Buffer.from(address.split('.').map(Number));
  const groups = address.split(':').map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}
