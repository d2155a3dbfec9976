// Settings of topics: looked at, replaced as a whole, changed one by one.

import { invalid } from '../errors.ts';
import { naming } from '../naming.ts';
import { type CallOptions, eachOf, type Requests } from '../requests.ts';
import { expectList } from '../within.ts';
import { ConfigResourceTypes, ConfigSource } from './kafka-types.ts';
import { type IResourceConfigEntry, topicPath } from './topics.ts';

export type ResourceConfigQuery = {
  /** Only topics have settings here. */
  readonly type: ConfigResourceTypes;
  readonly name: string;
  /** @default all */
  readonly configNames?: readonly string[];
};

export type DescribeConfigsOptions = CallOptions & {
  readonly resources: readonly ResourceConfigQuery[];
  /** Whether to say which values there would be otherwise. @default false */
  readonly includeSynonyms?: boolean;
};

export type ConfigSynonym = {
  readonly configName: string;
  readonly configValue: string;
  readonly configSource: ConfigSource;
};

export type ConfigEntry = ConfigSynonym & {
  readonly isDefault: boolean;
  readonly isSensitive: boolean;
  readonly readOnly: boolean;
  readonly configSynonyms: ConfigSynonym[];
};

type DescribedResource = {
  readonly errorCode: 0;
  readonly errorMessage: null;
  readonly resourceName: string;
  readonly resourceType: ConfigResourceTypes;
};

export type DescribeConfigResponse = {
  readonly resources: (DescribedResource & { readonly configEntries: ConfigEntry[] })[];
  readonly throttleTime: 0;
};

export type AlterConfigResponse = {
  readonly resources: DescribedResource[];
  readonly throttleTime: 0;
};

export type IResourceConfig = {
  /** Only topics have settings here. */
  readonly type: ConfigResourceTypes;
  readonly name: string;
  /** All that is to be set: what is not among them goes back to its default. */
  readonly configEntries: readonly IResourceConfigEntry[];
};

export type AlterConfigsOptions = CallOptions & {
  readonly resources: readonly IResourceConfig[];
  /** Whether it could be done is all that is asked. @default false */
  readonly validateOnly?: boolean;
};

export type IncrementalResourceConfig = {
  readonly type: ConfigResourceTypes;
  readonly name: string;
  /** What is to change. A value of null: back to the default. */
  readonly configEntries: readonly { readonly name: string; readonly value: string | null }[];
};

export type IncrementalAlterConfigsOptions = CallOptions & {
  readonly resources: readonly IncrementalResourceConfig[];
  /** Whether it could be done is all that is asked. @default false */
  readonly validateOnly?: boolean;
};

/** What is used of v3's topic setting. */
type ConfigReply = {
  readonly name: string;
  readonly value: string;
  readonly is_default: boolean;
  readonly is_read_only: boolean;
  readonly is_sensitive: boolean;
  readonly source: keyof typeof sources;
  readonly synonyms: readonly Pick<ConfigReply, 'name' | 'value' | 'source'>[];
};

const sources = {
  DEFAULT_CONFIG: ConfigSource.DEFAULT_CONFIG,
  DYNAMIC_TOPIC_CONFIG: ConfigSource.TOPIC_CONFIG,
} as const;

const configNames = {
  40301: 'TOPIC_AUTHORIZATION_FAILED',
  40002: 'INVALID_CONFIG',
} as const;

export async function describeConfigs(
  requests: Requests,
  { resources, includeSynonyms = false, signal }: DescribeConfigsOptions,
): Promise<DescribeConfigResponse> {
  expectTopics(resources);
  const described = await eachOf(resources, async ({ name, configNames: wanted }) => {
    const all = await configsOf(requests, name, { signal });
    const asked = all.filter((config) => wanted?.includes(config.name) ?? true);
    const configEntries = asked.map((config) => entryOf(config, includeSynonyms));
    return { ...resourceNamed(name), configEntries };
  });
  return { resources: described, throttleTime: 0 };
}

function configsOf(
  requests: Requests,
  topic: string,
  options: CallOptions,
): Promise<readonly ConfigReply[]> {
  const path = `${topicPath(topic)}/configs`;
  return requests.list<ConfigReply>(path, options).catch(naming(configNames));
}

function entryOf(config: ConfigReply, includeSynonyms: boolean): ConfigEntry {
  return {
    ...synonymOf(config),
    isDefault: config.is_default,
    isSensitive: config.is_sensitive,
    readOnly: config.is_read_only,
    configSynonyms: includeSynonyms ? config.synonyms.map(synonymOf) : [],
  };
}

function synonymOf({
  name,
  value,
  source,
}: Pick<ConfigReply, 'name' | 'value' | 'source'>): ConfigSynonym {
  return { configName: name, configValue: value, configSource: sources[source] };
}

/** Replaces a topic's settings, as Kafka's AlterConfigs does, which kafkajs sends: what is set now
 * and not among the entries goes back to its default. */
export async function alterConfigs(
  requests: Requests,
  { resources, validateOnly = false, signal }: AlterConfigsOptions,
): Promise<AlterConfigResponse> {
  expectTopics(resources);
  for (const { configEntries } of resources) expectList('configEntries', configEntries);
  const replaced = await eachOf(resources, async ({ type, name, configEntries }) => {
    const said = new Set(configEntries.map((entry) => entry.name));
    const now = await configsOf(requests, name, { signal });
    const others = now.filter((config) => !config.is_default && !said.has(config.name));
    const back = others.map((config) => ({ name: config.name, value: null }));
    return { type, name, configEntries: [...configEntries, ...back] };
  });
  return change(requests, replaced, { validateOnly, signal });
}

/** Changes the settings that are named, and no others.
 * Source: KIP-339. */
export async function incrementalAlterConfigs(
  requests: Requests,
  { resources, validateOnly = false, signal }: IncrementalAlterConfigsOptions,
): Promise<AlterConfigResponse> {
  expectTopics(resources);
  for (const { configEntries } of resources) expectList('configEntries', configEntries);
  return change(requests, resources, { validateOnly, signal });
}

/** A topic's all at once, or none. */
async function change(
  requests: Requests,
  resources: readonly IncrementalResourceConfig[],
  { validateOnly, signal }: CallOptions & { readonly validateOnly: boolean },
): Promise<AlterConfigResponse> {
  const changed = await eachOf(resources, async ({ name, configEntries }) => {
    const path = `${topicPath(name)}/configs:alter`;
    const data = configEntries.map((entry) => {
      if (entry.value === null) return { name: entry.name, operation: 'DELETE' };
      return { name: entry.name, value: String(entry.value) };
    });
    const json = { data, validate_only: validateOnly };
    if (data.length > 0) {
      const altered = requests.ask({ method: 'POST', path, json, signal });
      await altered.catch(naming(configNames));
    }
    return resourceNamed(name);
  });
  return { resources: changed, throttleTime: 0 };
}

function resourceNamed(name: string): DescribedResource {
  return {
    errorCode: 0,
    errorMessage: null,
    resourceName: name,
    resourceType: ConfigResourceTypes.TOPIC,
  };
}

function expectTopics(resources: readonly { readonly type: ConfigResourceTypes }[]): void {
  expectList('resources', resources, 1);
  if (resources.every(({ type }) => type === ConfigResourceTypes.TOPIC)) return;
  throw invalid('resources', 'only topics have settings here: ConfigResourceTypes.TOPIC');
}
