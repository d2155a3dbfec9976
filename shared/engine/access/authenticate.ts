// Whose key that is. A process knows a key as it was half a minute ago at most: so long may one
// that was ended be good yet, and longer only where whoever asks remembers the answer. A secret
// that is not among those that it knows may have been drawn since: then it looks again.

import { type Credential, isSecret } from '../../access/api-key.ts';
import type { EpochMillis } from '../../ids.ts';
import { apiKeyItem, apiKeyKey } from '../../store/access-items.ts';
import type { Call, Engine } from '../engine.ts';
import { isFresh } from '../is-fresh.ts';
import { type ApiKey, findApiKey, liveSecrets } from './api-keys.ts';

/** Also for how long one that is made anew may be unknown to who has asked for it before. */
export const apiKeyCacheMillis = 30_000;
/** For how long a secret that was drawn anew may be unknown; and how often, in each process,
 * whoever guesses at a key's secrets has it looked for. */
export const apiKeyLookMillisMin = 1_000;
/** All that there may be, and as many that strangers have made up. */
export const apiKeyCacheEntriesMax = 2_000;
const dayMillis = 24 * 3_600_000;

/** undefined: there was no such key. */
export type KnownApiKey = { readonly key: ApiKey | undefined; readonly readAt: EpochMillis };

/** @returns undefined: there is no such key, or the secret is not, or no more, one of its own.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function authenticate(
  engine: Engine,
  call: Call,
  { id, secret }: Credential,
): Promise<ApiKey | undefined> {
  let known = await keyAsKnown(engine, call, id, apiKeyCacheMillis);
  if (known.key === undefined) return undefined;
  if (!isGood(engine, known.key, secret)) {
    known = await keyAsKnown(engine, call, id, apiKeyLookMillisMin);
  }
  const { key } = known;
  if (key === undefined || !isGood(engine, key, secret)) return undefined;
  noteUse(engine, call, { ...known, key });
  return key;
}

function isGood({ clock }: Engine, key: ApiKey, secret: string): boolean {
  return liveSecrets(key, clock.now()).some(({ hash }) => isSecret(secret, hash));
}

async function keyAsKnown(
  engine: Engine,
  call: Call,
  id: string,
  ageMillisMax: number,
): Promise<KnownApiKey> {
  const readAt = engine.clock.now();
  const cached = engine.apiKeys.get(id);
  if (cached !== undefined && isFresh(cached.readAt, readAt, ageMillisMax)) return cached;
  const known = { key: await findApiKey(engine, call, id), readAt };
  engine.apiKeys.set(id, known);
  return known;
}

/** Once a day: a write with each request would be paid for by everyone, and asked for by nobody.
 * One that is lost, the next process makes up for. */
function noteUse(
  { clock, apiKeys, background }: Engine,
  { table }: Call,
  { key, readAt }: { readonly key: ApiKey; readonly readAt: EpochMillis },
): void {
  const now = clock.now();
  const usedAt = (now - (now % dayMillis)) as EpochMillis;
  if ((key.usedAt ?? 0) >= usedAt) return;
  apiKeys.set(key.id, { key: { ...key, usedAt }, readAt });
  const write = table.write({
    update: apiKeyKey(key.id),
    actions: [{ set: apiKeyItem.usedAt, to: { value: usedAt } }],
  });
  background.run(write.then(ignore, ignore));
}

function ignore(): void {}
