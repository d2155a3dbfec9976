// The cluster: one, with one broker, the engine itself.

import { clusterPath } from '../path.ts';
import type { CallOptions, Requests } from '../requests.ts';

export type DescribedCluster = {
  readonly brokers: { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly controller: number | null;
  readonly clusterId: string;
};

export async function describeCluster(
  requests: Requests,
  options: CallOptions,
): Promise<DescribedCluster> {
  type Reply = {
    readonly cluster_id: string;
    readonly broker_id: number;
    readonly host: string;
    readonly port: number;
  };
  const found = await requests.list<Reply>(`${clusterPath}/brokers`, options);
  const brokers = found.map(({ broker_id, host, port }) => ({ nodeId: broker_id, host, port }));
  return {
    brokers,
    controller: brokers[0]?.nodeId ?? null,
    clusterId: found[0]?.cluster_id ?? '',
  };
}
