// GET /metrics: what the embedded engine tells, as Prometheus reads it, with the lag of groups by
// the names of kafka-lag-exporter.

import { describe, expect, test, vi } from 'vitest';
import { EngineMetrics } from '../../local/engine-metrics.ts';
import { lagBounds } from '../../local/lag-metrics.ts';
import { metricsRoutes } from '../../local/metrics-routes.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { triesMax } from '../../shared/limits.ts';
import { measuresOf } from '../../shared/measures.ts';
import { metrics } from '../../shared/metric-names.ts';
import { groupItem, groupKey } from '../../shared/store/group-items.ts';
import { newTally, type Told } from '../../shared/told.ts';
import { type Asked, json, newApi } from '../api/ask.ts';
import { apiGroups } from '../api/every-route.ts';

const lagMillisMin = 5_000;
const v2 = 'application/vnd.kafka.v2+json';

/** What is told is told to the metrics, too. */
async function newServer() {
  const metrics = new EngineMetrics({ lagMillisMin });
  const asked = await newApi([...apiGroups, metricsRoutes(metrics)]);
  let told = 0;
  const scrape = async () => {
    for (const one of asked.told.slice(told)) metrics.tell(one);
    told = asked.told.length;
    const { status, bytes, headers } = await asked.ask('GET /metrics');
    expect(status).toBe(200);
    return { text: bytes.toString(), type: headers.get('content-type') };
  };
  return { ...asked, metrics, scrape };
}

/** The value of a sample. @param labels all that must be there, in any order. */
function sample(text: string, name: string, labels: readonly string[] = []): number | undefined {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const line = lines.find((one) => labels.every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

async function member({ ask }: Asked, group = 'billing') {
  const path = `/consumers/${group}/instances/one`;
  const body = { name: 'one', format: 'json', 'auto.offset.reset': 'earliest' };
  await ask(`POST /consumers/${group}`, { type: v2, body });
  await ask(`POST ${path}/subscription`, { type: v2, body: { topics: ['orders'] } });
  const commit = () => ask(`POST ${path}/offsets`, { type: v2 });
  return { poll: () => ask(`GET ${path}/records?timeout=0`), commit };
}

describe('what is told', () => {
  test('is in the text format, by names that Prometheus has', async () => {
    const { scrape, store } = await newServer();
    await store('orders', 1, 2);
    const { text, type } = await scrape();
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(sample(text, 'messaging_client_sent_messages_total')).toBe(2);
    const of = ['messaging_operation_name="send"'];
    expect(sample(text, 'messaging_client_operation_duration_seconds_count', of)).toBe(1);
    expect(
      sample(text, 'messaging_client_operation_duration_seconds_bucket', [...of, 'le="10"']),
    ).toBe(1);
    expect(text).toContain('# TYPE messaging_client_operation_duration_seconds histogram');
    for (const line of text.split('\n').filter((one) => one !== '')) {
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^{}]*\})? -?[\d.e+-]+)$/);
    }
  });

  test('has store operations as the engine counts them, and failures by their class', async () => {
    const { scrape, store, metrics, world } = await newServer();
    await store('orders', 1);
    const failed: Told = {
      operation: 'send',
      outcome: 'unknown',
      startedAt: world.time.now(),
      millis: 1,
      did: newTally(),
      operations: {},
    };
    metrics.tell(failed);
    const { text } = await scrape();
    expect(sample(text, 'sluice_store_operations_total', ['operation="objectPuts"'])).toBe(1);
    expect(sample(text, 'sluice_store_operations_total', ['operation="tableThrottles"'])).toBe(0);
    expect(sample(text, 'sluice_failures_total', ['error_type="unknown"'])).toBe(1);
  });

  test('is every metric of the functions, but for those that are read when asked', async () => {
    const { scrape, metrics: counted } = await newServer();
    const told: Told = {
      operation: 'collect',
      outcome: 'damaged',
      startedAt: 0 as EpochMillis,
      millis: 1,
      operations: {},
      did: {
        ...newTally(),
        sentMessages: 1,
        consumedMessages: 1,
        processMillis: [1],
        rebalances: 1,
        backlog: 3,
        deletedBytes: 5,
        leftObjects: 7,
      },
    };
    const before = (await scrape()).text;
    counted.tell(told);
    const after = (await scrape()).text;
    for (const { name } of measuresOf(told)) {
      const own = name.replaceAll('.', '_');
      const samples = (text: string) => text.split('\n').filter((line) => line.startsWith(own));
      expect([name, samples(after)]).not.toEqual([name, samples(before)]);
      const { kind, help } = metrics[name];
      expect(after).toMatch(
        new RegExp(`^# HELP ${own}\\w* ${help}\n# TYPE ${own}\\w* ${kind}$`, 'm'),
      );
    }
    expect(sample(after, 'sluice_sweep_left_objects')).toBe(7);
    expect(sample(after, 'sluice_sweep_deleted_bytes_total')).toBe(5);
  });
});

describe('the lag of groups', () => {
  test('is said by the names and labels of kafka-lag-exporter', async () => {
    const server = await newServer();
    await server.store('orders', 1, 2, 3);
    const { poll, commit } = await member(server);
    await poll();
    await commit();
    await server.store('orders', 4, 5);
    await server.world.time.run(server.world.time.sleep(10_000));
    const { text } = await server.scrape();
    const group = ['cluster_name="sluice"', 'group="billing"'];
    const place = ['topic="orders"', 'partition="0"'];
    const own = [...group, ...place, 'client_id="one"'];
    expect(sample(text, 'kafka_consumergroup_group_offset', own)).toBe(3);
    expect(sample(text, 'kafka_consumergroup_group_lag', own)).toBe(2);
    expect(sample(text, 'kafka_consumergroup_group_lag_seconds', own)).toBeGreaterThanOrEqual(10);
    expect(sample(text, 'kafka_consumergroup_group_max_lag', group)).toBe(2);
    expect(sample(text, 'kafka_consumergroup_group_max_lag_seconds', group)).toBeGreaterThan(9);
    expect(sample(text, 'kafka_consumergroup_group_sum_lag', group)).toBe(2);
    const ofTopic = [...group, 'topic="orders"'];
    expect(sample(text, 'kafka_consumergroup_group_topic_sum_lag', ofTopic)).toBe(2);
    expect(sample(text, 'kafka_partition_latest_offset', place)).toBe(5);
    expect(sample(text, 'kafka_partition_earliest_offset', place)).toBe(0);
    expect(sample(text, 'sluice_lag_omitted_groups')).toBe(0);
    const [line = ''] = text
      .split('\n')
      .filter((one) => one.startsWith('kafka_consumergroup_group_lag{'));
    const labels = [...line.matchAll(/(\w+)="/g)].map(([, name]) => name);
    const exporters = [
      'client_id',
      'cluster_name',
      'consumer_id',
      'group',
      'member_host',
      'partition',
      'topic',
    ];
    expect(labels.sort()).toEqual(exporters);
  });

  test('is read no more often than every few seconds, however often it is asked for', async () => {
    const server = await newServer();
    await server.store('orders', 1);
    const { poll, commit } = await member(server);
    await poll();
    await commit();
    const lag = ({ text }: { text: string }) => sample(text, 'kafka_consumergroup_group_sum_lag');
    // As it was before the scrape itself.
    const queries = ({ text }: { text: string }) =>
      sample(text, 'sluice_store_operations_total', ['operation="tableQueries"']);
    const first = await server.scrape();
    await server.store('orders', 2);
    const [second, third] = [await server.scrape(), await server.scrape()];
    expect([lag(first), lag(second), lag(third)]).toEqual([0, 0, 0]);
    expect(queries(second)).toBeGreaterThan(queries(first) ?? 0);
    expect(queries(third)).toBe(queries(second));
    await server.world.time.run(server.world.time.sleep(lagMillisMin));
    expect(lag(await server.scrape())).toBe(1);
  });

  test('is read again when the clock was set back', async () => {
    const server = await newServer();
    await server.store('orders', 1);
    const { poll, commit } = await member(server);
    await poll();
    await commit();
    await server.scrape();
    await server.store('orders', 2);
    const back = server.world.time.now() - 86_400_000;
    const clock = vi.spyOn(server.world.time, 'now').mockReturnValue(back as EpochMillis);
    const { text } = await server.scrape();
    clock.mockRestore();
    expect(sample(text, 'kafka_consumergroup_group_sum_lag')).toBe(1);
  });

  test('of a group that is gone is said no longer', async () => {
    const server = await newServer();
    await server.store('orders', 1);
    const { poll, commit } = await member(server);
    await poll();
    await commit();
    expect((await server.scrape()).text).toContain('group="billing"');
    await server.ask('DELETE /consumers/billing/instances/one');
    await server.ask('DELETE /v3/clusters/sluice/consumer-groups/billing');
    await server.world.time.run(server.world.time.sleep(lagMillisMin));
    expect((await server.scrape()).text).not.toContain('group="billing"');
  });

  test('of more groups than there is room for says how many are left out', async () => {
    const server = await newServer();
    const names = Array.from({ length: lagBounds.groupsMax + 3 }, (_, index) => `g${index}`);
    for (const group of names) {
      await server.ask(`POST /consumers/${group}`, { type: v2, body: { format: 'json' } });
    }
    const { text } = await server.scrape();
    expect(sample(text, 'sluice_lag_omitted_groups')).toBe(3);
    const groups = text
      .split('\n')
      .filter((one) => one.startsWith('kafka_consumergroup_group_sum_lag{'));
    expect(groups).toHaveLength(lagBounds.groupsMax);
  });

  test('of a group of which something is damaged hides no other', async () => {
    const server = await newServer();
    await server.store('orders', 1);
    for (const group of ['billing', 'shipping']) {
      const { poll, commit } = await member(server, group);
      await poll();
      await commit();
    }
    const { stored } = server.world.account;
    const item = stored.peek(groupKey('billing'));
    await stored.write({ put: { ...groupKey('billing'), ...item, [groupItem.life]: 0 } });
    const { text } = await server.scrape();
    expect(sample(text, 'kafka_consumergroup_group_sum_lag', ['group="shipping"'])).toBe(0);
    expect(text).not.toContain('group="billing"');
    expect(sample(text, 'sluice_lag_failures_total')).toBe(1);
  });

  test('that cannot be read is not said, and counted; all else is', async () => {
    const server = await newServer();
    await server.store('orders', 1);
    server.world.faults.next('query', ...new Array(triesMax).fill('throttled'));
    const { text } = await server.scrape();
    expect(sample(text, 'sluice_lag_failures_total')).toBe(1);
    expect(sample(text, 'sluice_lag_omitted_groups')).toBeUndefined();
    expect(sample(text, 'messaging_client_sent_messages_total')).toBe(1);
    await server.world.time.run(server.world.time.sleep(lagMillisMin));
    const later = (await server.scrape()).text;
    expect(sample(later, 'sluice_lag_omitted_groups')).toBe(0);
    const throttles = ['operation="tableThrottles"'];
    expect(sample(later, 'sluice_store_operations_total', throttles)).toBe(triesMax);
  });
});

test('a scrape is told to nobody, and no other method is served', async () => {
  const server = await newServer();
  await server.scrape();
  await server.scrape();
  expect(server.told.filter(({ request }) => request?.route.includes('metrics'))).toEqual([]);
  const { status } = await server.ask('POST /metrics', { type: json, body: {} });
  expect(status).toBe(405);
});
