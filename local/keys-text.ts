// What `npm run keys` does, and what it says of it: lines for people, the API's documents for
// programs. A secret stands in what a new one is told by, and nowhere else.

import {
  drawnResource,
  keyResource,
  newKeyOf,
  rotationOf,
} from '../shared/api/v2/key-resources.ts';
import {
  type ApiKey,
  apiKeyNamed,
  createApiKey,
  type Drawn,
  deleteApiKey,
  listApiKeys,
  rotateApiKey,
} from '../shared/engine/access/api-keys.ts';
import type { Call, Engine } from '../shared/engine/engine.ts';
import type { EpochMillis } from '../shared/ids.ts';
import type { KeysAsk } from './keys-options.ts';

export type Said = {
  /** As the API says it. */
  readonly document: object;
  readonly lines: readonly string[];
  readonly note?: string;
};

/** @throws EngineError: as the API's verbs do. */
export async function answerOf(engine: Engine, call: Call, ask: KeysAsk): Promise<Said> {
  const now = engine.clock.now();
  switch (ask.verb) {
    case 'create':
      return told(await createApiKey(engine, call, newKeyOf(ask.body, now)), now);
    case 'rotate':
      return told(await rotateApiKey(engine, call, ask.id, rotationOf(ask.body, now)), now);
    case 'list': {
      const keys = await listApiKeys(engine, call);
      const document = { keys: keys.map((key) => keyResource(key, now)) };
      return { document, lines: keys.map((key) => lineOf(key, now)) };
    }
    case 'delete':
      // A key that is spelt wrongly must not be taken for one that is gone.
      await apiKeyNamed(engine, call, ask.id);
      await deleteApiKey(engine, call, ask.id);
      return { document: { id: ask.id }, lines: [], note: `${ask.id} is gone` };
  }
}

function told(drawn: Drawn, now: EpochMillis): Said {
  const document = drawnResource(drawn, now);
  return { document, lines: [document.key], note: `${lineOf(drawn.key, now)}; shown this once` };
}

/** `ID User:shop READ,WRITE, secret 2 until 2027-01-31T00:00:00.000Z, used on 2026-02-01: "..."` */
function lineOf(key: ApiKey, now: EpochMillis): string {
  const { id, principal, description, operations, last_used_on, secrets } = keyResource(key, now);
  const live = secrets.filter((secret) => secret.live);
  const parts = [
    [id, printable(principal), operations?.join()].filter((part) => part !== undefined).join(' '),
    ...live.map(({ version, expires_at: end }) => `secret ${version} ${untilText(end)}`),
    live.length === 0 ? 'over' : last_used_on === null ? 'never used' : `used on ${last_used_on}`,
  ];
  return `${parts.join(', ')}${description === '' ? '' : `: ${printable(description)}`}`;
}

function untilText(end: number | null): string {
  return end === null ? 'without end' : `until ${new Date(end).toISOString()}`;
}

/** A terminal takes some characters for orders. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}
