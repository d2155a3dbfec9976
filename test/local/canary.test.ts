// The embedded engine says nothing of a caller's bytes, in its words and in its metrics, whatever
// it is asked: what the functions' handlers are asked (functions/canary.test.ts).

import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { embeddedRoutes, filledIn } from '../api/every-route.ts';
import { leakIn, wellKnown } from '../functions/canary.ts';
import {
  badRequest,
  brokenRequest,
  bytesOf,
  type CanaryRequest,
  goodRequests,
  topics,
} from '../functions/canary-requests.ts';

const { word } = wellKnown;
const written: string[] = [];
let engine: Embedded;

beforeAll(async () => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => {
      for (const one of said) written.push(inspect(one, { depth: 20 }));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((said) => written.push(String(said)) > 0);
  }
  const own = { host: '127.0.0.1', port: 0, allowedHosts: [] };
  engine = await startEmbedded({ ...own, stores: { kind: 'memory' } });
  for (const name of topics) {
    await ask({ route: 'POST /v3/clusters/:cluster/topics', body: { topic_name: name } });
  }
});
afterAll(() => engine.stop());

async function ask(request: CanaryRequest): Promise<Response> {
  const { route, query = '', type = 'application/json', headers } = request;
  const [method = '', path = ''] = filledIn(route).split(' ');
  const answer = await fetch(`http://127.0.0.1:${engine.port}${path}?${query}`, {
    method,
    headers: { 'content-type': type, authorization: `Bearer ${word}`, cookie: word, ...headers },
    ...(method !== 'GET' && { body: bytesOf(request) }),
  });
  return new Response(await answer.arrayBuffer(), { status: answer.status });
}

test('whatever is asked of it', async () => {
  const message = { messageId: word, eventSource: 'aws:sqs', body: word };
  const event = { route: 'POST /_ingest/:topic', body: { Records: [message] } };
  for (const request of [...goodRequests, event]) await ask(request);
  for (const route of embeddedRoutes) {
    await ask(badRequest(route));
    await ask(brokenRequest(route));
  }
  const metrics = await (await ask({ route: 'GET /metrics' })).text();
  expect(metrics).toContain('messaging_client_sent_messages_total');
  expect(metrics).toContain('group="shop"');
  for (const text of [...written, metrics]) expect(leakIn(text, [word])).toBeUndefined();
});
