// A connection to the server on which a test writes what bytes it likes, and reads whole answers.

import { once } from 'node:events';
import { connect } from 'node:net';

export type RawAnswer = {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

export type RawConnection = {
  /** Resolves when the bytes have left, or are not wanted any more. */
  readonly write: (bytes: string | Uint8Array) => Promise<void>;
  /** The next answer that is final; undefined when the server closes the connection instead. */
  readonly answer: () => Promise<RawAnswer | undefined>;
  readonly close: () => void;
};

export async function openConnection(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  // What goes wrong is told by `chunks` too.
  socket.on('error', () => undefined);
  const chunks = socket[Symbol.asyncIterator]();
  let received = Buffer.alloc(0);

  async function answer(): Promise<RawAnswer | undefined> {
    for (;;) {
      const { found, bytes } = firstAnswer(received);
      received = received.subarray(bytes);
      if (found !== undefined && found.status >= 200) return found;
      if (found !== undefined) continue;
      const next = await chunks.next().catch(() => ({ done: true, value: undefined }));
      if (next.done) return undefined;
      received = Buffer.concat([received, next.value]);
    }
  }

  return {
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    answer,
    close: () => socket.destroy(),
  };
}

/** Sends one request, and takes its answer. */
export async function rawExchange(
  port: number,
  request: string | Uint8Array,
): Promise<RawAnswer | undefined> {
  const connection = await openConnection(port);
  void connection.write(request);
  const answer = await connection.answer();
  connection.close();
  return answer;
}

type Found = { readonly found: RawAnswer | undefined; readonly bytes: number };

function firstAnswer(received: Buffer): Found {
  const headEnd = received.indexOf('\r\n\r\n');
  const none = { found: undefined, bytes: 0 };
  if (headEnd < 0) return none;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const bodyStart = headEnd + 4;
  const bodyEnd = bodyStart + Number(headers.get('content-length') ?? 0);
  if (received.length < bodyEnd) return none;
  const body = received.toString('utf8', bodyStart, bodyEnd);
  return { found: { status: Number(statusLine.split(' ')[1]), headers, body }, bytes: bodyEnd };
}
