// A route that asks for nothing has forgotten to: what it answers is given to nobody.

import { expect, test } from 'vitest';
import { cluster } from '../../../shared/access/acl.ts';
import type { Exchange, Handler } from '../../../shared/api/exchange.ts';
import { emptyReply, jsonReply } from '../../../shared/api/reply.ts';
import { EngineError } from '../../../shared/errors.ts';
import { newApi } from '../ask.ts';

const told = { secret: 'of others' };

function answering(...asks: ((exchange: Exchange) => unknown)[]): Handler {
  return (exchange) => {
    for (const ask of asks) ask(exchange);
    return jsonReply(exchange, 'application/json', told);
  };
}

async function answerOf(handler: Handler) {
  const api = await newApi([{ 'GET /here': handler }]);
  return { ...(await api.ask('GET /here')), faultsTold: api.faultsTold };
}

test('it is answered 500, and who looks after the engine is told', async () => {
  for (const forgetful of [answering(), (exchange: Exchange) => emptyReply(exchange)]) {
    const { status, json, bytes, faultsTold } = await answerOf(forgetful);
    expect([status, json.error_code]).toEqual([500, 50_002]);
    expect(bytes.toString()).not.toContain(told.secret);
    expect(faultsTold.map(String)).toEqual([
      expect.stringContaining('asks whether its caller may'),
    ]);
  }
});

test('its headers are withheld, too', async () => {
  const { headers, status } = await answerOf((exchange) => {
    return emptyReply(exchange, { Location: 'http://localhost/secret' }, 201);
  });
  expect([status, headers.get('location')]).toEqual([500, null]);
});

test.each<[string, (exchange: Exchange) => unknown]>([
  ['needs something', ({ access }) => access.need('READ', cluster)],
  ['needs something of others', ({ access }) => access.needUnnamed('READ', cluster)],
  ['looks whether it may', ({ access }) => access.may('READ', cluster)],
  ['looks whether it may of some', ({ access }) => access.mayOfSome('WRITE', 'TOPIC')],
  ['shows what may be seen', ({ access }) => access.seen('READ', [], () => cluster)],
  ['needs no topic of none', ({ access }) => access.need('READ')],
  ['needs no topic of others', ({ access }) => access.needUnnamed('READ')],
  ['says that it needs nothing', ({ access }) => access.needNothing()],
])('one that %s has asked', async (_what, ask) => {
  const { status, json, faultsTold } = await answerOf(answering(ask));
  expect([status, json, faultsTold]).toEqual([200, told, []]);
});

test('a refusal needs no asking', async () => {
  const { status } = await answerOf(() => {
    throw new EngineError('UNKNOWN_TOPIC', 'topic: there is none');
  });
  expect(status).toBe(404);
});
