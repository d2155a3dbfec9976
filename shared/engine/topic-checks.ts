// What a request may say of a topic, checked before anything is stored.

import { isConfigName, topicConfigs } from '../config-specs.ts';
import { EngineError } from '../errors.ts';
import { partitionsPerTopicMax } from '../limits.ts';
import { topicNameFault } from '../log/topic-name.ts';

/** @throws EngineError INVALID_TOPIC_NAME */
export function checkName(name: string): void {
  const fault = topicNameFault(name);
  if (fault !== undefined) {
    throw new EngineError('INVALID_TOPIC_NAME', `topic name: ${fault}`, { field: 'topic_name' });
  }
}

/** @throws EngineError INVALID_PARTITIONS */
export function checkPartitions(partitions: number): void {
  const within = partitions >= 1 && partitions <= partitionsPerTopicMax;
  if (Number.isInteger(partitions) && within) return;
  const message = `partitions: must be an integer from 1 to ${partitionsPerTopicMax}`;
  const detail = { field: 'partitions', limit: partitionsPerTopicMax };
  throw new EngineError('INVALID_PARTITIONS', message, detail);
}

/** @throws EngineError UNKNOWN_CONFIG, INVALID_CONFIG */
export function checkConfigs(changes: ReadonlyMap<string, string | undefined>): void {
  for (const [name, value] of changes) {
    if (!isConfigName(name)) {
      const message = `config ${name} is not known`;
      throw new EngineError('UNKNOWN_CONFIG', message, { field: 'configs' });
    }
    const fault = value === undefined ? undefined : topicConfigs[name].fault(value);
    if (fault !== undefined) {
      throw new EngineError('INVALID_CONFIG', `config ${name}: ${fault}`, { field: name });
    }
  }
}
