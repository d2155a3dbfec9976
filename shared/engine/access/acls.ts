// The access control list: kept in the table, and known to each process as it was a few seconds
// ago. A change of it is a word drawn anew in an item of its own, so that to look whether anything
// has changed is one read.

import { createHash } from 'node:crypto';
import type { Acl } from '../../access/acl.ts';
import { type AclFilter, isMeant } from '../../access/acl-filter.ts';
import { EngineError } from '../../errors.ts';
import type { EpochMillis } from '../../ids.ts';
import { transactItemsMax, triesMax } from '../../limits.ts';
import {
  aclItem,
  aclKey,
  aclsPk,
  aclVersionItem,
  aclVersionKey,
} from '../../store/access-items.ts';
import { type Condition, type Item, textIn, type Write } from '../../store/algebra.ts';
import type { Call, Engine } from '../engine.ts';
import { isFresh } from '../is-fresh.ts';
import { queryAll } from '../query-all.ts';
import { repeatable, repeatableTransaction } from '../retry.ts';
import { untilDone } from '../until-done.ts';

/** How old what a process acts on may be: so long may one who was let in go on after he is not. */
export const aclCacheMillis = 10_000;
/** A request's are looked through one by one, and all of them are read when one changes: 2,000 are
 * some 400 KB, a tenth of a second. */
export const aclsMax = 2_000;
/** Together with the version's, they are one transaction. */
export const aclsPerRequestMax = transactItemsMax - 1;

type KnownAcls = {
  readonly acls: readonly Acl[];
  /** undefined: there was never one. */
  readonly version: string | undefined;
  readonly readAt: EpochMillis;
};

/** What a process remembers of them. */
export type AclMemory = { known?: KnownAcls | undefined; look?: Promise<KnownAcls> | undefined };

/** As a process may act on them. @throws EngineError THROTTLED, UNAVAILABLE */
export async function knownAcls(engine: Engine, call: Call): Promise<readonly Acl[]> {
  const { acls: memory, clock } = engine;
  const { known } = memory;
  if (known !== undefined && isFresh(known.readAt, clock.now(), aclCacheMillis)) return known.acls;
  // Who comes meanwhile waits for the same look.
  memory.look ??= look(engine, call, known).finally(() => {
    memory.look = undefined;
  });
  memory.known = await memory.look;
  return memory.known.acls;
}

async function look(engine: Engine, call: Call, before: KnownAcls | undefined): Promise<KnownAcls> {
  let readAt = engine.clock.now();
  let version = await storedVersion(engine, call);
  if (before !== undefined && before.version === version) return { ...before, readAt };
  for (let tries = 0; tries < triesMax; tries++) {
    const acls = await storedAcls(engine, call);
    // A query may see half of a change: what allows, and not what denies.
    const readAgainAt = engine.clock.now();
    const versionAfter = await storedVersion(engine, call);
    if (versionAfter === version) return { acls, version, readAt };
    version = versionAfter;
    readAt = readAgainAt;
  }
  throw new EngineError('UNAVAILABLE', 'others change the ACLs at the same time; try again');
}

async function storedVersion(engine: Engine, call: Call): Promise<KnownAcls['version']> {
  const item = await repeatable(engine, call, () => call.table.get(aclVersionKey, strong));
  return item && textIn(item, aclVersionItem.version);
}

/** Those that a filter means, as they are now. @throws EngineError THROTTLED, UNAVAILABLE */
export async function findAcls(
  engine: Engine,
  call: Call,
  filter: AclFilter,
): Promise<readonly Acl[]> {
  return (await storedAcls(engine, call)).filter((acl) => isMeant(filter, acl));
}

/** All of them, or none. One that is there already stays.
 * @param acls 1 to aclsPerRequestMax.
 * @throws EngineError ACLS_FULL, THROTTLED, UNAVAILABLE; of unknown outcome: OUTCOME_UNKNOWN */
export async function createAcls(engine: Engine, call: Call, acls: readonly Acl[]): Promise<void> {
  const wanted = new Map(acls.map((acl) => [hashOf(acl), acl]));
  await change(engine, call, (now) => {
    const there = new Set(now.map(hashOf));
    const missing = [...wanted].filter(([hash]) => !there.has(hash));
    if (missing.length > 0 && there.size + missing.length > aclsMax) {
      throw new EngineError('ACLS_FULL', `there may be ${aclsMax} ACLs`, { limit: aclsMax });
    }
    return missing.map(([, acl]) => ({ put: itemOf(acl) }));
  });
}

/** Those that a filter means: some of very many may be gone when it fails.
 * @returns what is gone.
 * @throws EngineError THROTTLED, UNAVAILABLE; of unknown outcome: OUTCOME_UNKNOWN */
export async function deleteAcls(
  engine: Engine,
  call: Call,
  filter: AclFilter,
): Promise<readonly Acl[]> {
  const gone = new Map<string, Acl>();
  for (;;) {
    let count = 0;
    await change(engine, call, (now) => {
      // What denies goes last: between two of very many nothing more is allowed than after them.
      const meant = now.filter((acl) => isMeant(filter, acl)).toSorted(allowingFirst);
      const some = meant.slice(0, aclsPerRequestMax);
      for (const acl of some) gone.set(hashOf(acl), acl);
      count = some.length;
      return some.map((acl) => ({ delete: aclKey(hashOf(acl)) }));
    });
    if (count < aclsPerRequestMax) return [...gone.values()];
  }
}

function allowingFirst(one: Acl, other: Acl): number {
  return Number(one.permission === 'DENY') - Number(other.permission === 'DENY');
}

/** Only if nothing was changed since it was looked at: what lands late must not bring back what
 * was taken away, nor take away what was given since. */
async function change(
  engine: Engine,
  call: Call,
  plan: (now: readonly Acl[]) => readonly Write[],
): Promise<void> {
  await untilDone(engine, async () => {
    // Of each try, since one whose answer was lost may have been done: by its word a process would
    // take what comes after it for what it knows.
    const drawn = Buffer.from(engine.chance.bytes(12)).toString('base64url');
    const { acls, version } = await look(engine, call, undefined);
    const writes = plan(acls);
    if (writes.length === 0) return { answer: 'done' };
    const put = { ...aclVersionKey, [aclVersionItem.version]: drawn };
    const isAsRead: Condition =
      version === undefined
        ? { item: 'absent' }
        : { attribute: aclVersionItem.version, is: '=', to: version };
    const { result, maybeDone } = await repeatableTransaction(engine, call, [
      ...writes,
      { put, if: isAsRead },
    ]);
    engine.acls.known = undefined;
    return result.kind === 'done' ? { answer: 'done' } : { maybeDone };
  });
}

const strong = { strong: true } as const;

async function storedAcls(engine: Engine, call: Call): Promise<readonly Acl[]> {
  const { sk: from } = aclKey('');
  const items = await queryAll(engine, call, { pk: aclsPk, from, to: `${from}~` });
  return items.map(readAcl);
}

function hashOf(acl: Acl): string {
  const fields = Object.values(fieldsOf(acl));
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
}

function itemOf(acl: Acl): Item {
  return { ...aclKey(hashOf(acl)), ...fieldsOf(acl) };
}

/** In an order that stays: the hash is of their values. */
function fieldsOf({ principal, resource, pattern, operation, permission }: Acl) {
  return {
    [aclItem.principal]: principal,
    [aclItem.type]: resource.type,
    [aclItem.name]: resource.name,
    [aclItem.pattern]: pattern,
    [aclItem.operation]: operation,
    [aclItem.permission]: permission,
  };
}

function readAcl(item: Item): Acl {
  return {
    principal: textIn(item, aclItem.principal),
    resource: {
      type: textIn(item, aclItem.type) as Acl['resource']['type'],
      name: textIn(item, aclItem.name),
    },
    pattern: textIn(item, aclItem.pattern) as Acl['pattern'],
    operation: textIn(item, aclItem.operation) as Acl['operation'],
    permission: textIn(item, aclItem.permission) as Acl['permission'],
  };
}
