// What is done to the stores, and what of it a role does not let be done.

import { keyOf, type Write } from '../../shared/store/algebra.ts';
import type { Table } from '../../shared/store/table.ts';

/** The same table. @param did is told `action partition-key` of whatever is asked of it. */
export function watchedTable(table: Table, did: Set<string>): Table {
  return {
    get: (key, read) => {
      did.add(`dynamodb:GetItem ${key.pk}`);
      return table.get(key, read);
    },
    query: (range) => {
      did.add(`dynamodb:Query ${range.pk}`);
      return table.query(range);
    },
    write: (write) => {
      did.add(actionOf(write));
      return table.write(write);
    },
    transact: (writes) => {
      for (const write of writes) did.add(actionOf(write));
      return table.transact(writes);
    },
  };
}

function actionOf(write: Write): string {
  const verb = 'put' in write ? 'PutItem' : 'update' in write ? 'UpdateItem' : 'DeleteItem';
  return `dynamodb:${verb} ${keyOf(write).pk}`;
}

/** @param permissions as storePermissions has them. */
export function beyond(permissions: readonly string[], did: Iterable<string>): string[] {
  const allowed = permissions.map((line) => {
    const [, action = '', keys = '*'] = /^(\S+) [^(]*(?:\((.*)\))?$/.exec(line) ?? [];
    return { action, keys: keys.split(', ') };
  });
  return [...did].filter((one) => {
    const [action, pk = ''] = one.split(' ');
    return !allowed.some((rule) => rule.action === action && rule.keys.some(matches(pk)));
  });
}

const matches = (pk: string) => (key: string) =>
  key.endsWith('*') ? pk.startsWith(key.slice(0, -1)) : pk === key;
