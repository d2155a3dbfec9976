// How far groups are behind, by the names and labels of kafka-lag-exporter, so that what is made to
// watch Kafka with it watches this, too. Subscriptions are groups like others.
//
// - Read from the stores when somebody asks, and not more often than every few seconds however
//   often that is: in between what was read last is said again.
// - Bounded: the first groups by their names, and a gauge that says how many were left out.
// - What cannot be read is not said, and counted. A group of which something stored is damaged
//   hides no other, and no other metric.
//
// Source: the README of kafka-lag-exporter, "Metrics".

import { Counter, Gauge, type Registry } from 'prom-client';
import { clusterId } from '../shared/api/v3/resources.ts';
import type { Call, Engine } from '../shared/engine/engine.ts';
import {
  type DescribedGroup,
  type GroupLags,
  lagsOfGroups,
} from '../shared/engine/group/describe-groups.ts';
import type { PartitionLag } from '../shared/engine/group/lag.ts';
import { EngineError } from '../shared/errors.ts';

/** A scrape has a few seconds, and a server of metrics forgets a label set only in time. */
export const lagBounds = { groupsMax: 100, partitionsMax: 2_000 } as const;

const groupLabels = ['cluster_name', 'group'] as const;
const partitionLabels = ['cluster_name', 'topic', 'partition'] as const;
const memberLabels = [
  ...groupLabels,
  'topic',
  'partition',
  'member_host',
  'consumer_id',
  'client_id',
] as const;

const definitions = {
  kafka_consumergroup_group_offset: ['The next offset that a group reads', memberLabels],
  kafka_consumergroup_group_lag: ['Records behind the end of the partition', memberLabels],
  kafka_consumergroup_group_lag_seconds: ['Age of the next record to read', memberLabels],
  kafka_consumergroup_group_max_lag: ['The greatest lag of a partition', groupLabels],
  kafka_consumergroup_group_max_lag_seconds: ['The greatest age', groupLabels],
  kafka_consumergroup_group_sum_lag: ['Records behind, of all partitions', groupLabels],
  kafka_consumergroup_group_topic_sum_lag: ['The same, of a topic', [...groupLabels, 'topic']],
  kafka_partition_latest_offset: ['One past the last offset', partitionLabels],
  kafka_partition_earliest_offset: ['The first offset', partitionLabels],
  sluice_lag_omitted_groups: ['Groups of which no lag is said, for there are too many', []],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

type Name = keyof typeof definitions;

export class LagMetrics {
  readonly #gauges: ReadonlyMap<Name, Gauge>;
  readonly #failures: Counter;
  readonly #millisMin: number;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(registry: Registry, millisMin: number) {
    const registers = [registry];
    this.#millisMin = millisMin;
    this.#gauges = new Map(
      Object.entries(definitions).map(([name, [help, labels]]) => {
        return [name as Name, new Gauge({ name, help, labelNames: [...labels], registers })];
      }),
    );
    const help = 'How often the lag of groups could not be read';
    this.#failures = new Counter({ name: 'sluice_lag_failures_total', help, registers });
  }

  /** Resolves when what is said is new enough. */
  async refresh(engine: Engine, call: Call): Promise<void> {
    const age = engine.clock.now() - this.#readAt;
    // A clock may be set back.
    if (age >= 0 && age < this.#millisMin) return;
    this.#reading ??= this.#read(engine, call).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(engine: Engine, call: Call): Promise<void> {
    try {
      const { groups, damaged, omitted } = await lagsOfGroups(engine, call, lagBounds);
      this.#reset();
      this.#failures.inc(damaged);
      for (const group of groups) this.#setGroup(group);
      this.#set('sluice_lag_omitted_groups', omitted);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#reset();
      this.#failures.inc();
    }
    this.#readAt = engine.clock.now();
  }

  #reset(): void {
    for (const gauge of this.#gauges.values()) gauge.reset();
    // Reset, one without labels says 0.
    this.#gauges.get('sluice_lag_omitted_groups')?.remove();
  }

  #setGroup({ group, lags }: GroupLags): void {
    const own = { cluster_name: clusterId, group: group.name };
    for (const lag of lags) this.#setPartition(group, lag);
    this.#set('kafka_consumergroup_group_max_lag', Math.max(0, ...lags.map((one) => one.lag)), own);
    const ages = lags.map(({ lagMillis }) => lagMillis ?? 0);
    this.#set('kafka_consumergroup_group_max_lag_seconds', Math.max(0, ...ages) / 1_000, own);
    this.#set('kafka_consumergroup_group_sum_lag', sumOf(lags), own);
    for (const [topic, ofTopic] of Map.groupBy(lags, (one) => one.topic)) {
      this.#set('kafka_consumergroup_group_topic_sum_lag', sumOf(ofTopic), { ...own, topic });
    }
  }

  /** Nobody knows from which host a member asks. */
  #setPartition({ name, members }: DescribedGroup, lag: PartitionLag): void {
    const partition = { cluster_name: clusterId, topic: lag.topic, partition: lag.partition };
    const client = members.find(({ incarnation }) => incarnation === lag.owner)?.instance ?? '';
    const member = { member_host: '', consumer_id: lag.owner ?? '', client_id: client };
    const own = { ...partition, group: name, ...member };
    this.#set('kafka_consumergroup_group_offset', lag.committed, own);
    this.#set('kafka_consumergroup_group_lag', lag.lag, own);
    if (lag.lagMillis !== undefined) {
      this.#set('kafka_consumergroup_group_lag_seconds', lag.lagMillis / 1_000, own);
    }
    this.#set('kafka_partition_latest_offset', lag.logEnd, partition);
    this.#set('kafka_partition_earliest_offset', lag.logStart, partition);
  }

  #set(name: Name, value: number, labels: Readonly<Record<string, string | number>> = {}): void {
    this.#gauges.get(name)?.set(labels, value);
  }
}

function sumOf(lags: readonly PartitionLag[]): number {
  return lags.reduce((sum, { lag }) => sum + lag, 0);
}
