// What Node's HTTP server does when it does nothing else: it reads the same body and answers, or
// writes the body to a file and syncs it first, or answers as many bytes as the path says.

import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerReports } from './reporting.ts';

const [directory = ''] = process.argv.slice(2);
const answers = new Map<string, Buffer>();

const server = createServer(async (incoming, outgoing) => {
  if (incoming.method === 'GET') {
    outgoing.end(bytesFor(incoming.url ?? ''));
    return;
  }
  const body = await read(incoming);
  if (incoming.url === '/durable') await writeAndSync(body);
  outgoing.setHeader('Content-Type', 'application/json');
  outgoing.end('{"offsets":[{"partition":0,"offset":0,"error_code":null,"error":null}]}');
});

server.listen(0, '127.0.0.1', () => {
  answerReports((server.address() as AddressInfo).port, () => undefined);
});

function bytesFor(path: string): Buffer {
  const known = answers.get(path);
  if (known !== undefined) return known;
  const bytes = Buffer.alloc(Number(path.slice('/bytes/'.length)), 'x');
  answers.set(path, bytes);
  return bytes;
}

function read(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
  });
}

async function writeAndSync(body: Buffer): Promise<void> {
  const file = await open(join(directory, randomUUID()), 'w');
  await file.write(body);
  await file.datasync();
  await file.close();
}
