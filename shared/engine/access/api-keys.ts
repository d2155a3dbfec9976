// API keys: made, rotated and ended. Of each there are at most two secrets at a time, so that a new
// one can be handed out while the old one is still in use.
//
// A change is refused if the key has changed since it was read: one that lands late brings no
// secret back.

import type { Operation } from '../../access/acl.ts';
import { hashOf, keyIdBytes, keySecretBytes } from '../../access/api-key.ts';
import { assert } from '../../assert.ts';
import { EngineError } from '../../errors.ts';
import type { EpochMillis } from '../../ids.ts';
import { apiKeyItem, apiKeyKey, apiKeysPk } from '../../store/access-items.ts';
import { type Item, numberIn, textIn } from '../../store/algebra.ts';
import { StoreError } from '../../store/store-error.ts';
import type { Call, Engine } from '../engine.ts';
import { queryAll } from '../query-all.ts';
import { outcomeUnknown, repeatable, repeatableWrite, retry } from '../retry.ts';
import { untilDone } from '../until-done.ts';

/** They are listed at once, and an engine has callers, not end users. */
export const apiKeysMax = 1_000;
/** One that is handed out, and one that is in use yet. */
const liveSecretsMax = 2;

export type Secret = {
  /** Counted from 1. */
  readonly version: number;
  readonly hash: string;
  readonly createdAt: EpochMillis;
  readonly expiresAt?: Expiry;
};

/** undefined: it does not end by itself. */
export type Expiry = EpochMillis | undefined;

export type ApiKey = {
  readonly id: string;
  readonly principal: string;
  readonly description: string;
  /** What whoever has it may do at most; undefined: whatever its principal may. */
  readonly operations: readonly Operation[] | undefined;
  readonly createdAt: EpochMillis;
  /** The beginning of the day on which it was used last. */
  readonly usedAt: EpochMillis | undefined;
  /** The oldest first, and the last one drawn at the end. */
  readonly secrets: readonly Secret[];
  /** Of its last change. */
  readonly version: number;
};

export type NewApiKey = Pick<ApiKey, 'principal' | 'description' | 'operations'> & {
  readonly expiresAt: Expiry;
};

export type Rotation = {
  /** When the last secret ends. */
  readonly until: EpochMillis;
  /** Of the new one. */
  readonly expiresAt: Expiry;
};

/** The one time that a secret is told. */
export type Drawn = { readonly key: ApiKey; readonly secret: string };

/** @throws EngineError API_KEYS_FULL, THROTTLED, UNAVAILABLE; OUTCOME_UNKNOWN: a key that nobody
 *   has the secret of may be there, or may yet come */
export async function createApiKey(
  engine: Engine,
  call: Call,
  { expiresAt, ...said }: NewApiKey,
): Promise<Drawn> {
  if ((await listApiKeys(engine, call)).length >= apiKeysMax) {
    const message = `there may be ${apiKeysMax} keys`;
    throw new EngineError('API_KEYS_FULL', message, { limit: apiKeysMax });
  }
  const createdAt = engine.clock.now();
  const { secret, hash } = drawSecret(engine);
  const key: ApiKey = {
    ...said,
    id: Buffer.from(engine.chance.bytes(keyIdBytes)).toString('base64url'),
    createdAt,
    usedAt: undefined,
    secrets: [{ version: 1, hash, createdAt, expiresAt }],
    version: 1,
  };
  // Sent once: one that landed late would bring a key back that was deleted meanwhile.
  const write = { put: itemOf(key), if: { item: 'absent' } } as const;
  const once = { deadline: call.deadline, after: 'not-done' } as const;
  const { kind } = await retry(engine, once, () => call.table.write(write)).catch(asUnknown);
  assert(kind === 'done', 'an id is drawn once');
  return { key, secret };
}

/** @throws EngineError THROTTLED, UNAVAILABLE */
export async function listApiKeys(engine: Engine, call: Call): Promise<readonly ApiKey[]> {
  return (await queryAll(engine, call, { pk: apiKeysPk })).map(readApiKey);
}

/** @throws EngineError UNKNOWN_API_KEY, THROTTLED, UNAVAILABLE */
export async function apiKeyNamed(engine: Engine, call: Call, id: string): Promise<ApiKey> {
  const key = await findApiKey(engine, call, id);
  if (key !== undefined) return key;
  throw unknownApiKey();
}

export function unknownApiKey(): EngineError {
  return new EngineError('UNKNOWN_API_KEY', 'there is no such key', { field: 'key' });
}

/** As the table has it now. */
export async function findApiKey(
  engine: Engine,
  call: Call,
  id: string,
): Promise<ApiKey | undefined> {
  const get = () => call.table.get(apiKeyKey(id), { strong: true });
  const item = await repeatable(engine, call, get);
  return item && readApiKey(item);
}

/** A new secret beside the last one, which ends then, if it does not end before.
 * @throws EngineError UNKNOWN_API_KEY; API_KEYS_FULL: two are live; THROTTLED, UNAVAILABLE;
 *   OUTCOME_UNKNOWN: a secret that nobody has may be live */
export async function rotateApiKey(
  engine: Engine,
  call: Call,
  id: string,
  { until, expiresAt }: Rotation,
): Promise<Drawn> {
  const { secret, hash } = drawSecret(engine);
  const key = await change(engine, call, id, (before, now) => {
    if (before.secrets.some((one) => one.hash === hash)) return before.secrets;
    const live = liveSecrets(before, now);
    if (live.length >= liveSecretsMax) throw bothLive(live);
    const version = (before.secrets.at(-1)?.version ?? 0) + 1;
    const ending = live.map((one) => ({ ...one, expiresAt: earlier(one.expiresAt, until) }));
    return [...ending, { version, hash, createdAt: now, expiresAt }];
  });
  return { key, secret };
}

/** Of one that has ended already there is nothing to do.
 * @throws EngineError UNKNOWN_API_KEY, THROTTLED, UNAVAILABLE; of unknown outcome:
 *   OUTCOME_UNKNOWN */
export async function endSecret(
  engine: Engine,
  call: Call,
  id: string,
  version: number,
): Promise<void> {
  await change(engine, call, id, (before, now) => {
    const { secrets } = before;
    if (!liveSecrets(before, now).some((one) => one.version === version)) return secrets;
    return secrets.map((one) => (one.version === version ? { ...one, expiresAt: now } : one));
  });
}

/** Of one that is gone there is nothing to do.
 * @throws EngineError THROTTLED, UNAVAILABLE; of unknown outcome: OUTCOME_UNKNOWN */
export async function deleteApiKey(engine: Engine, call: Call, id: string): Promise<void> {
  await repeatableWrite(engine, call, { delete: apiKeyKey(id) });
  engine.apiKeys.delete(id);
}

export function liveSecrets({ secrets }: ApiKey, now: EpochMillis): readonly Secret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
}

function bothLive(live: readonly Secret[]): EngineError {
  const versions = live.map(({ version }) => version).join(' and ');
  const message = `secrets ${versions} are both live: end one of them first`;
  return new EngineError('API_KEYS_FULL', message, { limit: liveSecretsMax });
}

function earlier(one: Expiry, other: EpochMillis): EpochMillis {
  return one === undefined || one > other ? other : one;
}

function asUnknown(error: unknown): never {
  throw error instanceof StoreError ? outcomeUnknown(error) : error;
}

function drawSecret({ chance }: Engine): { readonly secret: string; readonly hash: string } {
  const secret = Buffer.from(chance.bytes(keySecretBytes)).toString('base64url');
  return { secret, hash: hashOf(secret) };
}

/** @param plan its secrets from then on; those that it has: there is nothing to do. It is asked
 *   again if the key has changed meanwhile, perhaps by itself. */
async function change(
  engine: Engine,
  call: Call,
  id: string,
  plan: (before: ApiKey, now: EpochMillis) => readonly Secret[],
): Promise<ApiKey> {
  return untilDone<ApiKey>(engine, async () => {
    const before = await apiKeyNamed(engine, call, id);
    const secrets = plan(before, engine.clock.now());
    if (secrets === before.secrets) return { answer: before };
    const after = { ...before, secrets, version: before.version + 1 };
    const { result, maybeDone } = await repeatableWrite(engine, call, {
      update: apiKeyKey(id),
      actions: [
        { set: apiKeyItem.secrets, to: { value: JSON.stringify(secrets) } },
        { set: apiKeyItem.version, to: { value: after.version } },
      ],
      if: { attribute: apiKeyItem.version, is: '=', to: before.version },
    });
    engine.apiKeys.delete(id);
    return result.kind === 'done' ? { answer: after } : { maybeDone };
  });
}

function itemOf(key: ApiKey): Item {
  return {
    ...apiKeyKey(key.id),
    [apiKeyItem.principal]: key.principal,
    [apiKeyItem.description]: key.description,
    ...(key.operations && { [apiKeyItem.operations]: key.operations }),
    [apiKeyItem.createdAt]: key.createdAt,
    [apiKeyItem.secrets]: JSON.stringify(key.secrets),
    [apiKeyItem.version]: key.version,
  };
}

function readApiKey(item: Item): ApiKey {
  return {
    id: item.sk,
    principal: textIn(item, apiKeyItem.principal),
    description: textIn(item, apiKeyItem.description),
    operations: item[apiKeyItem.operations] as readonly Operation[] | undefined,
    createdAt: numberIn(item, apiKeyItem.createdAt) as EpochMillis,
    usedAt: item[apiKeyItem.usedAt] as EpochMillis | undefined,
    secrets: JSON.parse(textIn(item, apiKeyItem.secrets)),
    version: numberIn(item, apiKeyItem.version),
  };
}
