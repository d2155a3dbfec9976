// By which ACLs a row's request is let in, and by which it is not.

import { type Acl, aclOperations, type Operation } from '../../../shared/access/acl.ts';
import { aclOf, me, naivelyAllowing, other } from '../../access/naive-acls.ts';
import { admin, type Row } from './walk.ts';

/** @param principal who asks. */
export type Case = {
  readonly name: string;
  readonly acls: readonly Acl[];
  readonly principal: string;
};

/** Exactly what a row needs. */
export function aclsFor({ needs }: Row, said: Partial<Omit<Acl, 'resource'>> = {}): Acl[] {
  return needs.map((need) => aclOf(need, said));
}

export function allowing(row: Row): readonly Case[] {
  const denyAll = aclsFor(row, { principal: 'User:*', permission: 'DENY' });
  const bound: readonly (readonly [string, readonly Acl[]])[] = [
    ['exactly', aclsFor(row)],
    ['prefix', aclsFor(row).map((acl) => prefixed(acl, acl.resource.name.slice(0, 2)))],
    ['"*"', aclsFor(row).map((acl) => named(acl, '*'))],
    ['ALL', aclsFor(row).map((acl) => ({ ...acl, operation: 'ALL' as const }))],
    ['everyone', aclsFor(row, { principal: 'User:*' })],
  ];
  // Where nothing is needed they are all the same.
  const told = row.needs.length === 0 ? bound.slice(0, 1) : bound;
  return [
    ...told.map(([name, acls]) => ({ name, acls, principal: me })),
    { name: 'super user', acls: denyAll, principal: admin },
  ];
}

export function refusing(row: Row): readonly Case[] {
  if (row.needs.length === 0) return [];
  const all = aclsFor(row);
  const lamed = all.flatMap((acl) => {
    const others = all.filter((one) => one !== acl);
    return lamings(acl, row.anywhere).map(([name, ...acls]): [string, Acl[]] => {
      return [name, [...others, ...acls]];
    });
  });
  const told: readonly (readonly [string, readonly Acl[]])[] = [
    ['nothing', []],
    ['of others', aclsFor(row, { principal: other })],
    ...lamed,
  ];
  return told.map(([name, acls]) => ({ name, acls, principal: me }));
}

type Laming = readonly [name: string, ...instead: Acl[]];

/** What does not do for one that is needed. @param anywhere its resource's name does not matter. */
function lamings(acl: Acl, anywhere = false): readonly Laming[] {
  const { name } = acl.resource;
  const elsewhere: readonly Laming[] = [
    ['elsewhere', named(acl, `${name}x`)],
    ['elsewhere', named(acl, name.slice(0, -1))],
    ['elsewhere', prefixed(acl, `${name}x`)],
  ];
  const deny: Acl = { ...acl, permission: 'DENY' };
  return [
    ['less'],
    ...(anywhere ? [] : elsewhere),
    ['another type', ofAnotherType(acl)],
    ['other operations', ...otherOperations(acl)],
    ['denied', acl, deny],
    ['denied', acl, { ...deny, principal: 'User:*', operation: 'ALL' }],
    ['denied', acl, prefixed(deny, name.slice(0, 2))],
    ['denied', acl, named(deny, '*')],
  ];
}

function named(acl: Acl, name: string): Acl {
  return { ...acl, resource: { ...acl.resource, name } };
}

function prefixed(acl: Acl, name: string): Acl {
  return { ...named(acl, name), pattern: 'PREFIXED' };
}

function ofAnotherType(acl: Acl): Acl {
  const type = acl.resource.type === 'GROUP' ? 'TRANSACTIONAL_ID' : 'GROUP';
  return { ...acl, resource: { ...acl.resource, type } };
}

function otherOperations(acl: Acl): readonly Acl[] {
  const enough = naivelyAllowing[acl.operation as Operation];
  const others = aclOperations.filter((operation) => !enough.includes(operation));
  return others.map((operation) => ({ ...acl, operation }));
}
