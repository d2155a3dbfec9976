// Every route x principal x resource: what is needed lets in, and without any of it the answer is
// 403 and nothing is stored. The table of verdicts is printed at the end.

import { afterAll, describe, expect, test } from 'vitest';
import { me } from '../../access/naive-acls.ts';
import { embeddedRoutes } from '../every-route.ts';
import { allowing, refusing } from './cases.ts';
import { openRoutes, rows } from './rows.ts';
import { newWalk, type Row, successes, titleOf, type Walk } from './walk.ts';

const table: string[] = [];

afterAll(() => {
  console.log(`What each route needs, and how it answers:\n${table.join('\n')}`);
});

test('no route is without a row', () => {
  const routes = [...new Set(rows.map(({ route }) => route))];
  expect(routes.toSorted()).toEqual(embeddedRoutes.toSorted());
});

describe('who is known', () => {
  test.each(rows.map((row) => [titleOf(row), row] as const))('%s', async (title, row) => {
    const walk = await newWalk(row);
    const verdicts = [...(await refused(walk, row)), ...(await letsIn(walk, row))];
    const needs = row.needs.map((need) => need.join(' ')).join(', ') || 'nothing';
    table.push(`${title}: needs ${needs}: ${verdicts.join(', ')}`);
  });
});

async function letsIn(first: Walk, row: Row): Promise<readonly string[]> {
  const told: string[] = [];
  let walk = first;
  for (const { name, acls, principal } of allowing(row)) {
    walk.bind(...acls);
    const { status, bytes } = await walk.askRow(principal);
    const expected = row.status !== undefined && principal === me ? [row.status] : successes;
    expect(expected, `${name}: ${bytes}`).toContain(status);
    expect(walk.faultsTold).toEqual([]);
    told.push(`${name} ${status}`);
    // What was done once may not be there to be done again.
    if (!row.route.startsWith('GET ')) walk = await newWalk(row);
  }
  return told;
}

async function refused(walk: Walk, row: Row): Promise<readonly string[]> {
  const told = new Map<string, number>();
  for (const { name, acls, principal } of refusing(row)) {
    walk.bind(...acls);
    const before = walk.written();
    const { status, json } = await walk.askRow(principal);
    expect([name, acls, status, json?.error_code]).toEqual([name, acls, 403, 40_301]);
    expect(json.message).toMatch(/^User:me may not [A-Z_]+ /);
    if (row.renewsSession !== true) expect([name, walk.written()]).toEqual([name, before]);
    told.set(name, (told.get(name) ?? 0) + 1);
  }
  return [...told].map(([name, times]) => `${name} 403${times > 1 ? ` x${times}` : ''}`);
}

test('health is told to everyone, and tells nothing', async () => {
  const walk = await newWalk();
  for (const route of openRoutes) {
    const { status, bytes } = await walk.askAs(undefined, route);
    expect([route, [200, 204].includes(status)]).toEqual([route, true]);
    expect(['', '{}']).toContain(bytes.toString());
  }
});
