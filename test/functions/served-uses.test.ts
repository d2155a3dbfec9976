// What the functions that serve requests do to the table, their roles let them do: each request of
// each route, and the rare parts of an append. (What those do that events start is in
// store-uses.test.ts.)

import { expect, test } from 'vitest';
import { refsPerChunk } from '../../shared/limits.ts';
import { me } from '../access/naive-acls.ts';
import { rows } from '../api/access/rows.ts';
import { admin, newWalk, type Row, successes, titleOf, type Walk } from '../api/access/walk.ts';
import { json } from '../api/ask.ts';
import { aclPermissions, storePermissions } from '../infra/store-permissions.ts';
import { functionFor } from './function-for.ts';
import { beyond, watchedTable } from './role-uses.ts';

type Server = 'produce' | 'fetch' | 'groups' | 'subscriptions' | 'topics' | 'keys';

function serverOf(route: string): Server {
  const inContract = route.replaceAll(/(?<=\/):(\w+)/g, '{$1}');
  return /^\S+ \/keys/.test(route) ? 'keys' : functionFor(inContract);
}

/** The role's, in an engine that has ACLs. Those who make keys are asked none. */
function permissionsOf(name: Server): readonly string[] {
  if (name === 'keys') return storePermissions.keys;
  const { asks, changes } = aclPermissions;
  return [...storePermissions[name], ...(name === 'topics' ? changes : asks)];
}

/** From here on, what is done is told. */
function watch({ world }: Walk): Set<string> {
  const did = new Set<string>();
  const { table } = world.account;
  Object.assign(table, watchedTable({ ...table }, did));
  return did;
}

const served = rows.filter(({ route }) => !route.includes('/_ingest'));

test.each(served.map((row): [string, Row] => [titleOf(row), row]))('%s', async (_, row) => {
  const name = serverOf(row.route);
  const walk = await newWalk(row);
  const did = watch(walk);
  // One whom ACLs bind has them read.
  if (name !== 'keys') await walk.askRow(me);
  const { status } = await walk.askRow(admin);
  expect([...successes, row.status]).toContain(status);
  await walk.world.time.run(walk.engine.background.idle());
  expect(beyond(permissionsOf(name), did)).toEqual([]);
});

test('an append that rolls, for which producers leave, and that waits for its turn', async () => {
  const walk = await newWalk();
  const config = { name: 'producer_byte_rate', value: '1000000000' };
  const settings = { body: { data: [config] } };
  await walk.askAs(admin, 'POST /v3/clusters/sluice/topics/orders/configs:alter', settings);
  const appended = watch(walk);
  for (let at = 0; at <= 2 * refsPerChunk; at++) {
    const question = {
      type: json,
      headers: { 'idempotency-key': `k${at}` },
      body: { records: [{ value: at }] },
    };
    const { status } = await walk.askAs(admin, 'POST /topics/orders/partitions/0', question);
    expect(status).toBe(200);
  }
  await walk.world.time.run(walk.engine.background.idle());
  const done = new Set([...appended].map((one) => one.replace(/#.*/, '')));
  for (const pk of ['part', 'key', 'valve']) expect(done).toContain(`dynamodb:PutItem ${pk}`);
  expect(beyond(permissionsOf('produce'), appended)).toEqual([]);
});
