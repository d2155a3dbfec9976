// API keys as they are asked for and shown, over HTTP and by whoever makes them at the table. A
// secret is told once, by the answer that draws it.

import { keyText } from '../../access/api-key.ts';
import type { ApiKey, Drawn, Expiry, NewApiKey, Rotation } from '../../engine/access/api-keys.ts';
import type { EpochMillis } from '../../ids.ts';
import type { CreateKeyBody, RotateKeyBody } from '../schemas/access.ts';
import { millisOf } from '../schemas/timestamp.ts';

const dayMillis = 24 * 3_600_000;
const lifeMillisDefault = 365 * dayMillis;
/** For whoever has the last secret to be given the new one. */
const overlapMillisDefault = dayMillis;

export function newKeyOf(body: CreateKeyBody, now: EpochMillis): NewApiKey {
  return {
    principal: body.principal,
    description: body.description ?? '',
    operations: body.operations ?? undefined,
    expiresAt: expiryOf(body.expires_at, now),
  };
}

export function rotationOf(body: RotateKeyBody, now: EpochMillis): Rotation {
  return {
    until: later(body.previous_expires_at, now + overlapMillisDefault),
    expiresAt: expiryOf(body.expires_at, now),
  };
}

type Said = string | number | null | undefined;

/** @param said null: never. */
function expiryOf(said: Said, now: EpochMillis): Expiry {
  return said === null ? undefined : later(said, now + lifeMillisDefault);
}

function later(said: string | number | undefined, otherwise: number): EpochMillis {
  return (said === undefined ? otherwise : millisOf(said)) as EpochMillis;
}

export function drawnResource({ key, secret }: Drawn, now: EpochMillis) {
  return { ...keyResource(key, now), secret, key: keyText({ id: key.id, secret }) };
}

export function keyResource({ id, principal, description, ...key }: ApiKey, now: EpochMillis) {
  return {
    id,
    principal,
    description,
    operations: key.operations ?? null,
    created_at: key.createdAt,
    last_used_on: key.usedAt === undefined ? null : dayOf(key.usedAt),
    secrets: key.secrets.map(({ version, createdAt, expiresAt }) => ({
      version,
      created_at: createdAt,
      expires_at: expiresAt ?? null,
      live: expiresAt === undefined || expiresAt > now,
    })),
  };
}

function dayOf(at: EpochMillis): string {
  return new Date(at).toISOString().slice(0, 10);
}
