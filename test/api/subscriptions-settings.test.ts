// How a subscription's settings are said, and what they may be: each bound is refused by name, with
// the limit, and nothing is stored.

import { expect, test } from 'vitest';
import { type Asked, newApi } from './ask.ts';

const billing = { name: 'billing', topic: 'orders', target: { type: 'lambda', function: 'bill' } };

/** Each different from its default. */
const all = {
  batch_size: 7,
  batch_bytes: 2_048,
  batch_window_ms: 500,
  filter: { value: { total: [{ numeric: ['>', 100] }] }, key: ['a', null] },
  max_attempts: 3,
  max_age_ms: 60_000,
  retry_min_ms: 200,
  retry_max_ms: 300,
  bisect: false,
  dead_letter_topic: 'dead',
  max_concurrency: 4,
  max_records_per_second: 0.5,
  timeout_ms: 5_000,
};

async function newTopic({ world }: Asked, name: string): Promise<void> {
  await world.time.run(world.createTopic({ name, partitions: 1 }));
}

test('settings are as said, and what a reply says of them changes nothing', async () => {
  const api = await newApi();
  const { ask } = api;
  await newTopic(api, 'dead');
  const { json: made } = await ask('POST /subscriptions', { body: { ...billing, ...all } });
  expect(made).toMatchObject({ ...billing, ...all });
  const { name: _, topic: __, group: ___, state, created_at, ...own } = made;
  expect((await ask('PATCH /subscriptions/billing', { body: own })).json).toEqual(made);
  expect((await ask('PATCH /subscriptions/billing', { body: {} })).json).toEqual(made);
});

test('settings change one by one, and null puts each back', async () => {
  const api = await newApi();
  const { ask } = api;
  await newTopic(api, 'dead');
  const { json: made } = await ask('POST /subscriptions', { body: billing });
  const change = async (body: object) => {
    const { status, json } = await ask('PATCH /subscriptions/billing', { body });
    expect([status, json.message]).toEqual([200, undefined]);
    return json;
  };
  const { dead_letter_topic, max_attempts, max_age_ms, ...free } = all;
  for (const [field, value] of Object.entries(free)) {
    const alone = field === 'retry_max_ms' ? { retry_min_ms: 200 } : {};
    const body = { ...alone, [field]: value };
    expect(await change(body)).toEqual({ ...made, ...body });
    const back = Object.fromEntries(Object.keys(body).map((one) => [one, null]));
    expect(await change(back)).toEqual(made);
  }
  // Where there is a place for dead letters, tries end.
  expect(await change({ dead_letter_topic })).toMatchObject({
    dead_letter_topic,
    max_attempts: 5,
  });
  expect(await change({ max_attempts, max_age_ms })).toMatchObject({ max_attempts, max_age_ms });
  expect(await change({ max_attempts: null })).toMatchObject({ max_attempts: 5, max_age_ms });
  expect(
    (await ask('PATCH /subscriptions/billing', { body: { dead_letter_topic: null } })).json,
  ).toMatchObject({ error_code: 42206, message: expect.stringMatching(/^dead_letter_topic: /) });
  expect(await change({ dead_letter_topic: null, max_attempts: null, max_age_ms: null })).toEqual(
    made,
  );
});
