// The sentences of stories about API keys.

import {
  type ApiKey,
  createApiKey,
  type Drawn,
  deleteApiKey,
  endSecret,
  listApiKeys,
  type NewApiKey,
  rotateApiKey,
} from '../../../shared/engine/access/api-keys.ts';
import { authenticate } from '../../../shared/engine/access/authenticate.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import type { World } from '../../world/world.ts';

export const day = 24 * 3_600_000;
const wanted: NewApiKey = {
  principal: 'User:me',
  description: '',
  operations: undefined,
  expiresAt: undefined,
};

/** A process of its own. */
export function open(world: World) {
  const engine = world.newEngine();
  const call = () => world.call(engine);
  const within = (millis: number) => (world.time.now() + millis) as EpochMillis;
  return {
    engine,
    create: (said: Partial<NewApiKey> = {}) => createApiKey(engine, call(), { ...wanted, ...said }),
    list: () => listApiKeys(engine, call()),
    rotate: (id: string, overlapMillis = day) =>
      rotateApiKey(engine, call(), id, { until: within(overlapMillis), expiresAt: undefined }),
    end: (id: string, version: number) => endSecret(engine, call(), id, version),
    remove: (id: string) => deleteApiKey(engine, call(), id),
    knows: ({ key: { id }, secret }: Drawn) => authenticate(engine, call(), { id, secret }),
    within,
  };
}

/** Of a process that has never seen it. */
export async function isGood(world: World, drawn: Drawn): Promise<boolean> {
  return (await open(world).knows(drawn)) !== undefined;
}

export function live({ secrets }: ApiKey, at: number): readonly number[] {
  const good = secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > at);
  return good.map(({ version }) => version);
}
