// Settings of topics: looked at, replaced as a whole as kafkajs does, changed one by one.

import { expect, test } from 'vitest';
import { ConfigResourceTypes, ConfigSource } from '../../../client/admin/kafka-types.ts';
import { type AdminStory, newAdmin } from './admin-story.ts';

const orders = { type: ConfigResourceTypes.TOPIC, name: 'orders' } as const;

/** What is set, by name. */
async function set({ admin, run }: AdminStory): Promise<Record<string, string>> {
  const { resources } = await run(admin.describeConfigs({ resources: [orders] }));
  const own = resources[0]?.configEntries.filter(({ isDefault }) => !isDefault) ?? [];
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}

const entry = (name: string, value: string) => ({ name, value });

test('a setting is told with where it comes from', async () => {
  const { admin, run } = await newAdmin();
  const configEntries = [entry('retention.ms', '60000')];
  await run(admin.alterConfigs({ resources: [{ ...orders, configEntries }] }));
  const configNames = ['retention.ms', 'cleanup.policy'];
  const asked = { resources: [{ ...orders, configNames }], includeSynonyms: true };
  const plain = { isSensitive: false, readOnly: false };
  const week = String(7 * 24 * 3_600_000);
  const chosen = {
    configName: 'retention.ms',
    configValue: '60000',
    configSource: ConfigSource.TOPIC_CONFIG,
  };
  const byDefault = (configName: string, configValue: string) => {
    return { configName, configValue, configSource: ConfigSource.DEFAULT_CONFIG };
  };
  const policy = byDefault('cleanup.policy', 'delete');
  const described = {
    resources: [
      {
        ...{ errorCode: 0, errorMessage: null, resourceName: 'orders', resourceType: 2 },
        configEntries: [
          { ...policy, ...plain, isDefault: true, configSynonyms: [policy] },
          {
            ...{ ...chosen, ...plain, isDefault: false },
            configSynonyms: [chosen, byDefault('retention.ms', week)],
          },
        ],
      },
    ],
    throttleTime: 0,
  };
  expect(await run(admin.describeConfigs(asked))).toEqual(described);
  const { resources } = await run(admin.describeConfigs({ ...asked, includeSynonyms: false }));
  expect(resources[0]?.configEntries.flatMap((one) => one.configSynonyms)).toEqual([]);
  const all = await run(admin.describeConfigs({ resources: [orders] }));
  expect(all.resources[0]?.configEntries.length).toBeGreaterThan(5);
});

test('alterConfigs replaces all, as Kafka’s does; the incremental one what it names', async () => {
  const story = await newAdmin();
  const { admin, run } = story;
  const alter = (...configEntries: ReturnType<typeof entry>[]) =>
    run(admin.alterConfigs({ resources: [{ ...orders, configEntries }] }));
  const done = { errorCode: 0, errorMessage: null, resourceName: 'orders', resourceType: 2 };
  expect(await alter(entry('retention.ms', '1'), entry('retention.bytes', '2'))).toEqual({
    resources: [done],
    throttleTime: 0,
  });
  expect(await set(story)).toEqual({ 'retention.ms': '1', 'retention.bytes': '2' });
  await alter(entry('retention.ms', '3'));
  expect(await set(story)).toEqual({ 'retention.ms': '3' });
  const configEntries = [
    entry('retention.bytes', '4'),
    { name: 'retention.ms', value: null },
    entry('max.message.bytes', '1000'),
  ];
  const incremental = { resources: [{ ...orders, configEntries }] };
  await run(admin.incrementalAlterConfigs({ ...incremental, validateOnly: true }));
  expect(await set(story)).toEqual({ 'retention.ms': '3' });
  await run(admin.incrementalAlterConfigs(incremental));
  expect(await set(story)).toEqual({ 'retention.bytes': '4', 'max.message.bytes': '1000' });
  await alter();
  expect(await set(story)).toEqual({});
  await alter();
});

test('what cannot be set is not, and is told', async () => {
  const story = await newAdmin();
  const { admin, run, wire } = story;
  const alter = (resource: object, configEntries: unknown = [entry('retention.ms', '5')]) =>
    run(admin.alterConfigs({ resources: [{ ...orders, ...resource, configEntries }] as never }));
  await expect(alter({ name: 'none' })).rejects.toMatchObject({
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
  await expect(alter({}, [entry('retention.ms', 'long')])).rejects.toMatchObject({
    type: 'INVALID_CONFIG',
    message: expect.stringContaining('retention.ms'),
  });
  await expect(alter({}, [entry('segment.ms', '1')])).rejects.toMatchObject({
    type: 'INVALID_CONFIG',
  });
  const before = wire.sent.length;
  await expect(alter({ type: ConfigResourceTypes.BROKER })).rejects.toThrow('only topics');
  await expect(alter({}, 'all')).rejects.toThrow('configEntries: must be a list');
  await expect(admin.describeConfigs({ resources: [] })).rejects.toThrow('must not be empty');
  expect(wire.sent.length).toBe(before);
  expect(await set(story)).toEqual({});
});
