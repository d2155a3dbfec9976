// API keys: made, looked at, rotated, ended. Served by engines whose callers have keys.
//
// What draws a secret is not sent again when its answer is lost: it is in that answer alone, and a
// second one is not wanted. Who is told that the outcome is unknown lists the keys.

import { v2Type } from '../media-types.ts';
import { naming } from '../naming.ts';
import { segment } from '../path.ts';
import type { CallOptions, Requests } from '../requests.ts';
import { doneIfGone } from './failures.ts';
import type { AclOperationTypes } from './kafka-types.ts';
import { type Moment, momentOf } from './moment.ts';

/** Kafka's word for something that a key may be narrowed to. */
export type KeyOperation = Exclude<keyof typeof AclOperationTypes, 'UNKNOWN' | 'ANY' | 'ALL'>;

export type CreateKeyOptions = CallOptions & {
  /** Whose requests they are that are made with it: 'User:' and a name. */
  readonly principal: string;
  readonly description?: string;
  /** What it is narrowed to. @default whatever its principal may */
  readonly operations?: readonly KeyOperation[];
  /** null: it does not end by itself. @default in a year */
  readonly expiresAt?: Moment | null;
};

export type RotateKeyOptions = CallOptions & {
  /** When the secret before it ends. @default in a day */
  readonly previousExpiresAt?: Moment;
  /** null: it does not end by itself. @default in a year */
  readonly expiresAt?: Moment | null;
};

export type ApiKey = {
  readonly id: string;
  readonly principal: string;
  readonly description: string;
  /** null: it is not narrowed. */
  readonly operations: KeyOperation[] | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** A date, as 2026-01-31; null: never. */
  readonly lastUsedOn: string | null;
  /** The oldest first; two are live at most. */
  readonly secrets: KeySecret[];
};

export type KeySecret = {
  readonly version: number;
  readonly createdAt: number;
  /** null: it does not end by itself. */
  readonly expiresAt: number | null;
  /** Whether it is good now. */
  readonly live: boolean;
};

export type DrawnKey = ApiKey & {
  /** The password of HTTP Basic, with the id as its user. It is not shown again. */
  readonly secret: string;
  /** The same as `apiKey()` takes it, `id.secret`. */
  readonly key: string;
};

type KeyReply = {
  readonly id: string;
  readonly principal: string;
  readonly description: string;
  readonly operations: KeyOperation[] | null;
  readonly created_at: number;
  readonly last_used_on: string | null;
  readonly secrets: readonly {
    readonly version: number;
    readonly created_at: number;
    readonly expires_at: number | null;
    readonly live: boolean;
  }[];
};
type DrawnReply = KeyReply & { readonly secret: string; readonly key: string };

const keyNames = { 404: 'RESOURCE_NOT_FOUND' } as const;

export class AdminKeys {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** All, without their secrets. */
  async list(options: CallOptions = {}): Promise<ApiKey[]> {
    type Reply = { readonly keys: readonly KeyReply[] };
    const { keys } = await this.#ask<Reply>('GET', '/keys', options);
    return keys.map(keyOf);
  }

  /** One, without its secrets. */
  async describe(id: string, options: CallOptions = {}): Promise<ApiKey> {
    return keyOf(await this.#ask<KeyReply>('GET', pathOf(id), options));
  }

  /** Draws its secret, which only this answer has.
   * @throws SluiceError; of unknown outcome it is not sent again, and there may be one more key */
  async create({ signal, expiresAt, ...options }: CreateKeyOptions): Promise<DrawnKey> {
    const json = { ...options, expires_at: momentOf('expiresAt', expiresAt) };
    return drawnOf(await this.#ask<DrawnReply>('POST', '/keys', { signal, json }));
  }

  /** Draws a new secret, beside the one before it, which its holders have for a day yet. */
  async rotate(id: string, options: RotateKeyOptions = {}): Promise<DrawnKey> {
    const json = {
      previous_expires_at: momentOf('previousExpiresAt', options.previousExpiresAt),
      expires_at: momentOf('expiresAt', options.expiresAt),
    };
    const { signal } = options;
    return drawnOf(await this.#ask<DrawnReply>('POST', `${pathOf(id)}/rotate`, { signal, json }));
  }

  /** Ends one of its secrets at once. */
  async deleteSecret(id: string, version: number, options: CallOptions = {}): Promise<void> {
    const path = `${pathOf(id)}/secrets/${segment('version', String(version))}`;
    await this.#ask('DELETE', path, options).catch(doneIfGone);
  }

  /** Whoever has it is a stranger within half a minute. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#ask('DELETE', pathOf(id), options).catch(doneIfGone);
  }

  #ask<Reply>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { signal, json }: CallOptions & { readonly json?: unknown },
  ): Promise<Reply> {
    const again = method === 'POST' ? 'unsafe' : 'safe';
    const ask = { method, path, accept: v2Type, signal, again, json } as const;
    const asked = this.#requests.ask<Reply>(ask);
    return asked.catch(naming(keyNames));
  }
}

function pathOf(id: string): string {
  return `/keys/${segment('id', id)}`;
}

function drawnOf({ secret, key, ...reply }: DrawnReply): DrawnKey {
  return { ...keyOf(reply), secret, key };
}

function keyOf({ created_at, last_used_on, secrets, ...key }: KeyReply): ApiKey {
  return {
    ...key,
    createdAt: created_at,
    lastUsedOn: last_used_on,
    secrets: secrets.map((secret) => ({
      version: secret.version,
      createdAt: secret.created_at,
      expiresAt: secret.expires_at,
      live: secret.live,
    })),
  };
}
