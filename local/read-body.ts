// A request's body, straight from the socket: through a Request it would be copied twice more.
//
// One buffer, grown as the body comes: a body of a million chunks of a byte each takes little more
// memory than one of a single chunk. Most are of one, which is not copied at all.

import type { IncomingMessage } from 'node:http';
import { bodyTooLarge, EngineError } from '../shared/errors.ts';

const nothing = Buffer.alloc(0);

/** Until it is called nothing of the body passes, and no more of it is held than a socket holds:
 * whoever is refused before has had nothing read.
 * @throws EngineError REQUEST_TOO_LARGE before more than the bound is held in memory;
 * MALFORMED_REQUEST when the request is cut off. */
export function readBody(incoming: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const declared = Number(incoming.headers['content-length'] ?? 0);
  if (declared > bytesMax) return Promise.reject(bodyTooLarge(bytesMax));
  // Its end was told already, and is told to nobody who listens now.
  if (incoming.destroyed) return Promise.reject(cutOff());
  return new Promise((resolve, reject) => {
    let body: Buffer = nothing;
    let bytes = 0;
    const take = (chunk: Buffer) => {
      const end = bytes + chunk.length;
      if (end > bytesMax) {
        incoming.off('data', take);
        body = nothing;
        reject(bodyTooLarge(bytesMax));
        return;
      }
      if (bytes === 0) body = chunk;
      else {
        if (end > body.length) body = grown(body, Math.max(end, declared), bytesMax);
        body.set(chunk, bytes);
      }
      bytes = end;
    };
    incoming.on('data', take);
    incoming.on('end', () => resolve(body.subarray(0, bytes)));
    incoming.on('error', () => reject(cutOff()));
  });
}

/** At least doubled, so that however many chunks come, each byte is moved about twice. */
function grown(body: Buffer, bytesMin: number, bytesMax: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(bytesMin, 2 * body.length), bytesMax));
  larger.set(body);
  return larger;
}

/** For the record: whoever sent it is gone. */
function cutOff(): EngineError {
  return new EngineError('MALFORMED_REQUEST', 'The body was cut off');
}
