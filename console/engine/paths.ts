// The paths that the console asks for. A name in one is encoded here and nowhere else.

const cluster = 'v3/clusters/sluice';
const of = encodeURIComponent;

export const topicsPath = `${cluster}/topics`;
export const groupsPath = `${cluster}/consumer-groups`;
const subscriptionsPath = 'subscriptions';

export const sizesPath = (topic: string, partition = 0) =>
  `topics/${of(topic)}/sizes?partition=${partition}`;

export const configsPath = (topic: string) => `${topicsPath}/${of(topic)}/configs`;

export function segmentsPath(topic: string, partition: number, offset: number | undefined): string {
  const from = offset === undefined ? '' : `&offset=${offset}`;
  return `topics/${of(topic)}/partitions/${partition}/segments?limit=100${from}`;
}

export const offsetsPath = (topic: string, partition: number) =>
  `topics/${of(topic)}/partitions/${partition}/offsets`;

export function recordsPath(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  from: { readonly offset: number } | { readonly timestamp: number },
  bytesMax: number,
): string {
  const [[name = '', value = 0] = []] = Object.entries(from);
  const query = `${name}=${value}&max_bytes=${bytesMax}`;
  return `topics/${of(topic)}/partitions/${partition}/records?${query}`;
}

export const groupPath = (group: string) => `${groupsPath}/${of(group)}`;
export const lagsPath = (group: string) => `${groupPath(group)}/lags`;
export const consumersPath = (group: string) => `${groupPath(group)}/consumers`;
export const assignmentsPath = (group: string, consumer: string) =>
  `${consumersPath(group)}/${of(consumer)}/assignments`;

export const subscriptionsAfterPath = (name: string | undefined) =>
  name === undefined ? subscriptionsPath : `${subscriptionsPath}?after=${of(name)}`;
export const subscriptionPath = (name: string) => `${subscriptionsPath}/${of(name)}`;
export const deadLettersPath = (name: string, limit: number) =>
  `${subscriptionPath(name)}/dead-letters?limit=${limit}`;
export const redrivePath = (name: string) => `${subscriptionPath(name)}/redrive`;
