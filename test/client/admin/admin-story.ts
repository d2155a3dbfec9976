// An admin, an engine and a topic with records in one world, in virtual time.

import type { Admin } from '../../../client/admin/admin.ts';
import type { AccessControl } from '../../../shared/api/access.ts';
import { newWire, type Wire } from '../wire.ts';

export type AdminStory = {
  readonly wire: Wire;
  readonly admin: Admin;
  /** Lets time pass until it is settled. */
  readonly run: <Answer>(work: Promise<Answer>) => Promise<Answer>;
  /** Any request, of JSON. @param route `METHOD PATH` */
  readonly ask: (route: string, json?: object) => Promise<unknown>;
  /** One record each, a second apart, in partition 0 of orders. @returns the time of the first. */
  readonly store: (...values: readonly string[]) => Promise<number>;
};

/** @param access @default everyone may do everything */
export async function newAdmin(access?: AccessControl): Promise<AdminStory> {
  const wire = await newWire(1, access);
  const connection = wire.newConnection();
  const { time } = wire.world;
  const run: AdminStory['run'] = (work) => time.run(work);
  const ask: AdminStory['ask'] = (route, json) => {
    const [method, path = ''] = route.split(' ') as ['GET' | 'POST' | 'DELETE', string];
    const isConsumers = path.startsWith('/consumers/');
    const type = isConsumers ? 'application/vnd.kafka.v2+json' : 'application/json';
    const accept = isConsumers ? type : 'application/json';
    return run(connection.askJson({ method, path, type, accept, ...(json && { json }) }));
  };
  const store: AdminStory['store'] = async (...values) => {
    const start = time.now();
    for (const [index, value] of values.entries()) {
      const records = [{ value, timestamp: start + 1_000 * index }];
      const type = 'application/vnd.kafka.text.v2+json';
      const accept = 'application/vnd.kafka.v2+json';
      const path = '/topics/orders/partitions/0';
      const produced = { method: 'POST', path, type, accept, json: { records } } as const;
      await run(connection.askJson(produced));
    }
    return start;
  };
  return { wire, admin: wire.newClient().admin(), run, ask, store };
}

/** What went wrong. */
export async function failure(work: Promise<unknown>): Promise<Record<string, unknown>> {
  return work.then(
    () => ({}),
    (error) => error,
  );
}
