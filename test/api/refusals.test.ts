// What produce refuses: each with a 4xx that names the field and the limit, and nothing is stored.

import { expect, test } from 'vitest';
import {
  headersPerRecordMax,
  jsonDepthMax,
  produceBodyBytesMax,
  recordsPerRequestMax,
  timestampMax,
} from '../../shared/limits.ts';
import { type Asked, base64, binary, json, newApi, type Question, text } from './ask.ts';

type Refusal = readonly [
  what: string,
  question: Question,
  status: number,
  code: number,
  says: RegExp,
];

const records = (...list: unknown[]) => ({ records: list });
const good = { value: base64('good') };

async function refusesAll({ ask, endOf }: Asked, route: string, refusals: readonly Refusal[]) {
  for (const [what, question, status, code, says] of refusals) {
    const answer = await ask(route, { type: binary, ...question });
    expect([what, answer.status, answer.json.error_code]).toEqual([what, status, code]);
    expect(answer.json.message, what).toMatch(says);
    expect(Object.keys(answer.json), what).toEqual(['error_code', 'message']);
  }
  expect([await endOf('orders', 0), await endOf('orders', 1)]).toEqual([0, 0]);
}

test('bodies that are no JSON', async () => {
  const invalidUtf8 = Buffer.from([...Buffer.from('{"records":[{"value":"'), 0xff, 0x22]);
  await refusesAll(await newApi(), 'POST /topics/orders', [
    ['nothing', {}, 400, 400, /JSON/],
    ['half of it', { body: '{"records":[' }, 400, 400, /JSON/],
    ['two of them', { body: '{"records":[]}{}' }, 400, 400, /JSON/],
    ['not UTF-8', { body: invalidUtf8 }, 400, 400, /UTF-8/],
    ['not of a known type', { type: 'text/plain', body: records(good) }, 415, 415, /Media Type/],
  ]);
});

test('wrong JSON types and bad base64', async () => {
  await refusesAll(await newApi(), 'POST /topics/orders', [
    ['a list', { body: [good] }, 400, 40001, /^body: must be an object/],
    ['records no list', { body: { records: good } }, 400, 40001, /^records: must be a list/],
    [
      'record no object',
      { body: records(good, 1) },
      400,
      40001,
      /^records\[1\]: must be an object/,
    ],
    [
      'value a number',
      { body: records({ value: 1 }) },
      400,
      40001,
      /^records\[0\]\.value: .*string/,
    ],
    ['key a list', { body: records({ ...good, key: [] }) }, 400, 40001, /^records\[0\]\.key: /],
    ['text a number', { type: text, body: records({ value: 1 }) }, 400, 40001, /value: .*string/],
    ['half a surrogate', { type: text, body: records({ value: '\ud800' }) }, 400, 40001, /Unicode/],
    ['partition a text', { body: records({ ...good, partition: '1' }) }, 400, 40001, /partition/],
    ['partition a half', { body: records({ ...good, partition: 0.5 }) }, 400, 40001, /an integer/],
    ['timestamp a text', { body: records({ ...good, timestamp: 'x' }) }, 400, 40001, /timestamp/],
    ['headers no list', { body: records({ ...good, headers: {} }) }, 400, 40001, /headers: .*list/],
    [
      'header value no base64',
      { body: records(good, { ...good, headers: [{ key: 'h', value: '*' }] }) },
      400,
      40001,
      /^records\[1\]\.headers\[0\]\.value: must be base64/,
    ],
    ['junk base64', { body: records({ value: 'YQ=\n=' }) }, 400, 40001, /value: must be base64/],
    ['base64url', { body: records({ value: '-_-_' }) }, 400, 40001, /value: must be base64/],
  ]);
});

test('empty lists, missing and unknown fields, what is out of bounds', async () => {
  const at = (field: string) => new RegExp(`^records\\[0\\]\\.${field}: `);
  await refusesAll(await newApi(), 'POST /topics/orders', [
    ['no records', { body: {} }, 422, 42206, /^records: is required/],
    ['empty records', { body: records() }, 422, 42206, /^records: must be at least 1 long/],
    ['no value', { body: records({ key: 'YQ==' }) }, 422, 42206, at('value')],
    ['unknown field', { body: records({ ...good, valur: 1 }) }, 422, 42206, at('valur')],
    ['unknown beside', { body: { ...records(good), more: 1 } }, 422, 42206, /^more: is unknown/],
    [
      '__proto__',
      { body: '{"records":[{"value":"","__proto__":{}}]}' },
      422,
      42206,
      at('__proto__'),
    ],
    ['partition -1', { body: records({ ...good, partition: -1 }) }, 422, 42206, at('partition')],
    [
      'partition 2^53+1',
      { body: '{"records":[{"value":"","partition":9007199254740993}]}' },
      400,
      40001,
      at('partition'),
    ],
    ['timestamp -1', { body: records({ ...good, timestamp: -1 }) }, 422, 42206, at('timestamp')],
    [
      'timestamp too late',
      { body: records({ ...good, timestamp: timestampMax + 1 }) },
      422,
      42206,
      new RegExp(`timestamp: .*${timestampMax}`),
    ],
    [
      'no header value',
      { body: records({ ...good, headers: [{ key: 'k' }] }) },
      422,
      42206,
      at('headers\\[0\\].value'),
    ],
    [
      'too many headers',
      {
        body: records({ ...good, headers: Array(headersPerRecordMax + 1).fill(1) }),
      },
      422,
      42206,
      new RegExp(`headers: .*${headersPerRecordMax}`),
    ],
    [
      'too many records',
      { body: records(...Array(recordsPerRequestMax + 1).fill(1)) },
      422,
      42206,
      new RegExp(`^records: .*${recordsPerRequestMax}`),
    ],
  ]);
});

test('what is too large or too deep', async () => {
  const deep = `{"records":[{"value":${'['.repeat(5_000)}${']'.repeat(5_000)}}]}`;
  const large = records(good, { value: 'A'.repeat(1_400_000) });
  await refusesAll(await newApi(), 'POST /topics/orders', [
    ['deep', { type: json, body: deep }, 400, 400, new RegExp(`${jsonDepthMax} levels`)],
    ['deep and open', { type: json, body: '['.repeat(1_000_000) }, 400, 400, /levels/],
    ['large record', { body: large }, 422, 42206, /^records\[1\]: .*max\.message\.bytes, 1048588/],
    ['large body', { body: ' '.repeat(produceBodyBytesMax + 1) }, 413, 413, /^body: .*4194304/],
  ]);
});

test('topics and partitions that are not there', async () => {
  const asked = await newApi();
  const body = records(good);
  const partition = (number: number) => ({ body: records({ ...good, partition: number }) });
  await refusesAll(asked, 'POST /topics/other', [['topic', { body }, 404, 40401, /other/]]);
  await refusesAll(asked, 'POST /topics/orders', [
    ['partition', partition(2), 404, 40402, /records\[0\]\.partition.*2 partitions/],
  ]);
  const paths = [
    ['partitions/2', 40402, /2 partitions/],
    ['partitions/9007199254740993', 40402, /^partition: /],
    ['partitions/-1', 404, /Not Found/],
    ['partitions/one', 404, /Not Found/],
  ] as const;
  for (const [path, code, says] of paths) {
    const refusal: Refusal = [path, { body }, 404, code, says];
    await refusesAll(asked, `POST /topics/orders/${path}`, [refusal]);
  }
  const own = { body: records({ ...good, partition: 1 }) };
  await refusesAll(asked, 'POST /topics/orders/partitions/1', [
    ['partition said twice', own, 422, 42206, /^records\[0\]\.partition: is unknown/],
  ]);
});

test('names that no topic can have', async () => {
  const asked = await newApi();
  const names = {
    '%2e%2e%2forders': /ASCII/,
    '..%2forders': /ASCII/,
    'a%00b': /ASCII/,
    'a%0d%0ab': /ASCII/,
    'part%23orders': /ASCII/,
    '%zz': /ASCII/,
    ['a'.repeat(250)]: /249/,
  };
  for (const [name, says] of Object.entries(names)) {
    const refusal: Refusal = [name, { body: records(good) }, 404, 40401, says];
    await refusesAll(asked, `POST /topics/${name}`, [refusal]);
    expect((await asked.ask(`GET /topics/${name}`)).status).toBe(404);
    expect((await asked.ask(`DELETE /v3/clusters/sluice/topics/${name}`)).status).toBe(404);
  }
});
