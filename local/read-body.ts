// A request's body, straight from the socket: through a Request it would be copied twice more.

import type { IncomingMessage } from 'node:http';
import { EngineError } from '../shared/errors.ts';

/** @throws EngineError REQUEST_TOO_LARGE before more than the bound is held in memory. */
export function readBody(incoming: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const declared = Number(incoming.headers['content-length'] ?? 0);
  if (declared > bytesMax) return Promise.reject(tooLarge(bytesMax));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        chunks.length = 0;
        reject(tooLarge(bytesMax));
      } else chunks.push(chunk);
    });
    incoming.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes));
    });
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('the request was cut off')));
  });
}

function tooLarge(limit: number): EngineError {
  const message = `the body is larger than ${limit} bytes`;
  return new EngineError('REQUEST_TOO_LARGE', message, { field: 'body', limit });
}
