// Consumer instances: how they are made, what they may be set to, and how they end.

import { expect, test } from 'vitest';
import {
  groupNameLengthMax,
  instanceNameLengthMax,
  sessionMillisDefault,
  sessionMillisMax,
} from '../../shared/limits.ts';
import { type Answer, binary, json, newApi, type Question } from './ask.ts';
import { newConsumer, pass, v2 } from './consumer.ts';

function saidBy({ status, json: answer }: Answer) {
  return [status, answer.error_code, answer.message];
}

test('an instance is made under its name, and says where it is', async () => {
  const { ask } = await newApi();
  const body = {
    name: 'c1',
    format: 'json',
    'auto.offset.reset': 'earliest',
    'auto.commit.enable': 'false',
    'fetch.min.bytes': 1,
    'consumer.request.timeout.ms': 3000,
  };
  const { status, headers, json: made } = await ask('POST /consumers/g1', { type: v2, body });
  expect([status, headers.get('content-type')]).toEqual([200, v2]);
  expect(made).toEqual({
    instance_id: 'c1',
    base_uri: 'http://localhost/consumers/g1/instances/c1',
  });
});

test('the name of one that lives is taken, in its own group alone', async () => {
  const { ask } = await newApi();
  const body = { name: 'c1' };
  await ask('POST /consumers/g1', { body });
  expect(saidBy(await ask('POST /consumers/g1', { body }))).toEqual([
    409,
    40902,
    'Consumer with specified consumer ID already exists in the specified group.',
  ]);
  expect((await ask('POST /consumers/g2', { body })).status).toBe(200);
  expect((await ask('DELETE /consumers/g1/instances/c1')).status).toBe(204);
  expect((await ask('POST /consumers/g1', { body })).status).toBe(200);
});

test('without a name one is drawn, and nothing need be said at all', async () => {
  const { ask } = await newApi();
  const names = new Set<string>();
  for (const body of [undefined, {}, { name: '' }, { name: null }]) {
    const { status, json: made } = await ask('POST /consumers/g1/', { type: v2, body });
    expect(status).toBe(200);
    expect(made.instance_id).toMatch(/^rest-consumer-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    names.add(made.instance_id);
  }
  expect(names.size).toBe(4);
});

test('the base URI is the caller’s way in, and leads back to the instance', async () => {
  const { ask } = await newApi();
  const headers = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'kafka.example',
    'x-forwarded-prefix': '/stage',
  };
  const body = { name: 'a b/ü?%2F' };
  const { json: made } = await ask('POST /consumers/%C3%A4%20b', { headers, body });
  expect(made.instance_id).toBe(body.name);
  const path = '/consumers/%C3%A4%20b/instances/a%20b%2F%C3%BC%3F%252F';
  expect(made.base_uri).toBe(`https://kafka.example/stage${path}`);
  expect((await ask(`GET ${path}/assignments`)).json).toEqual({ partitions: [] });
  expect((await ask('GET /consumers/%C3%A4%20b/instances/a/assignments')).status).toBe(404);
});

test('names that no store keeps, or no path leads to', async () => {
  const { ask } = await newApi();
  const long = 'ü'.repeat(instanceNameLengthMax);
  expect((await ask('POST /consumers/g1', { body: { name: long } })).status).toBe(200);
  for (const name of [`${long}u`, '\ud800', '.', '..', 5]) {
    const { status, json: answer } = await ask('POST /consumers/g1', { body: { name } });
    expect([name, status, answer.error_code]).toEqual([name, 422, 42206]);
    expect(answer.message).toMatch(/^name: must (not )?be/);
  }
  const group = 'g'.repeat(groupNameLengthMax + 1);
  expect(saidBy(await ask(`POST /consumers/${group}`))).toEqual([
    422,
    42206,
    'group: must be 1 to 249 characters long',
  ]);
  expect((await ask('POST /consumers')).status).toBe(404);
});

test('settings that are none are told by name', async () => {
  const { ask } = await newApi();
  const refused = {
    format: ['xml', 'avro', 'jsonschema', 'protobuf', '', 1],
    'auto.offset.reset': ['smallest', 'beginning', '', 1],
    'auto.commit.enable': ['yes', '', 1],
    'enable.auto.commit': ['no'],
    'fetch.min.bytes': [-2, '-2', '1.5', 0.5, 'x', '', true],
    'consumer.request.timeout.ms': [-1, '-1', 'soon', {}],
    'session.timeout.ms': [999, sessionMillisMax + 1, '10'],
  };
  for (const [setting, values] of Object.entries(refused)) {
    for (const value of values) {
      const answer = await ask('POST /consumers/g1', { body: { [setting]: value } });
      const [status, code, message] = saidBy(answer);
      expect([setting, value, status, code]).toEqual([setting, value, 422, 42204]);
      expect(message).toMatch(new RegExp(`^${setting.replaceAll('.', '\\.')}: `));
    }
  }
  const body = { 'auto.offset.reset': 'smallest' };
  const { json: answer } = await ask('POST /consumers/g1', { body });
  expect(answer.message).toBe('auto.offset.reset: must be earliest, latest or none');
});

test('settings are taken as clients of others say them, and unknown ones passed over', async () => {
  const { ask } = await newApi();
  const taken = [
    { format: 'JSON', 'auto.offset.reset': 'Earliest', 'auto.commit.enable': 'False' },
    { 'fetch.min.bytes': '-1', 'consumer.request.timeout.ms': '30000' },
    { 'enable.auto.commit': true, 'session.timeout.ms': 6000 },
    { format: null, 'auto.commit.enable': null, 'fetch.min.bytes': null },
    { 'isolation.level': 'read_committed', id: 'x', more: { of: 'it' } },
  ];
  for (const body of taken) expect((await ask('POST /consumers/g1', { body })).status).toBe(200);
});

test('bodies: of which types they may be, and what is none', async () => {
  const { ask } = await newApi();
  const types = [
    '',
    'application/json; charset=utf-8',
    'application/octet-stream',
    v2,
    'application/vnd.kafka.v1+json',
    binary,
    json,
    'application/vnd.kafka.json.v1+json',
  ];
  for (const type of types) {
    const { status } = await ask('POST /consumers/g1', { type, body: {} });
    expect([type, status]).toEqual([type, 200]);
  }
  const refusals: readonly (readonly [Question, number, number])[] = [
    [{ type: 'text/plain', body: {} }, 415, 415],
    [{ type: 'application/vnd.kafka.avro.v2+json', body: {} }, 415, 415],
    [{ accept: 'text/html', body: {} }, 406, 406],
    [{ body: '{' }, 400, 400],
    [{ body: Buffer.of(0x22, 0xff, 0x22) }, 400, 400],
    [{ body: [] }, 422, 42206],
    [{ body: 'null' }, 422, 42206],
    [{ body: { name: 'x'.repeat(300_000) } }, 413, 413],
  ];
  for (const [question, status, code] of refusals) {
    const answer = await ask('POST /consumers/g1', question);
    expect([question, ...saidBy(answer).slice(0, 2)]).toEqual([question, status, code]);
  }
});

test('who is not there is told so, whatever is asked of him', async () => {
  const { ask } = await newApi();
  await ask('POST /consumers/g1', { body: { name: 'c1' } });
  const impossible = `g1/instances/${'c'.repeat(instanceNameLengthMax + 1)}`;
  const partitions = { partitions: [] };
  const routes: Readonly<Record<string, object | undefined>> = {
    'DELETE ': undefined,
    'POST /subscription': { topics: ['orders'] },
    'GET /subscription': undefined,
    'DELETE /subscription': undefined,
    'POST /assignments': partitions,
    'GET /assignments': undefined,
    'GET /records': undefined,
    'POST /positions': { offsets: [] },
    'POST /positions/beginning': partitions,
    'POST /positions/end': partitions,
    'POST /offsets': undefined,
    'GET /offsets?topic=orders&partition=0': undefined,
    'POST /offsets/committed': partitions,
  };
  const names = ['g1/instances/c2', 'g2/instances/c1', impossible];
  for (const name of names) {
    for (const [route, body] of Object.entries(routes)) {
      const [method, path] = route.split(' ');
      const answer = await ask(`${method} /consumers/${name}${path}`, { body });
      expect([name, route, ...saidBy(answer)]).toEqual([
        name,
        route,
        404,
        40403,
        'Consumer instance not found.',
      ]);
      // No store is asked for what it may not even be asked for.
      const cost = answer.headers.get('server-timing');
      expect(cost === 'total;dur=0').toBe(name === impossible);
    }
  }
});

test('an instance lives as long as it asks for something', async () => {
  const asked = await newApi();
  const { ask, end } = await newConsumer(asked);
  for (let hour = 0; hour < 3; hour++) {
    await pass(asked, sessionMillisDefault * 0.9);
    expect((await ask('GET /records?timeout=0')).status).toBe(200);
  }
  expect((await end()).status).toBe(204);
  expect((await end()).status).toBe(404);
});

test('one that has asked for nothing is ended by the next who looks, its name free', async () => {
  const asked = await newApi();
  const body = { name: 'c1', 'session.timeout.ms': 10_000 };
  const idle = await newConsumer(asked, body);
  await idle.subscribe({ topics: ['orders'] });
  await pass(asked, 11_000);
  const next = await newConsumer(asked, body);
  expect((await next.ask('GET /subscription')).json).toEqual({ topics: [] });
});
