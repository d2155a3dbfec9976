// Who is let in: every route, with no credentials, with some that are not good, and with keys that
// may do less than their principal.

import { afterAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../../shared/access/acl.ts';
import { credentialIn, keyText } from '../../../shared/access/api-key.ts';
import type { AccessControl } from '../../../shared/api/access.ts';
import {
  createApiKey,
  deleteApiKey,
  endSecret,
  type NewApiKey,
  rotateApiKey,
} from '../../../shared/engine/access/api-keys.ts';
import { authenticate } from '../../../shared/engine/access/authenticate.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { naivelyAllowing } from '../../access/naive-acls.ts';
import { rows } from './rows.ts';
import { admin, newWalk, type Row, successes, titleOf, type Walk } from './walk.ts';

/** As an engine knows its callers whose callers have keys. */
const byKey: AccessControl = {
  identify: async ({ req }, engine, call) => {
    const credential = credentialIn(req.header('Authorization'));
    return credential && (await authenticate(engine, call, credential));
  },
  acls: { superUsers: new Set([admin]) },
  apiKeys: true,
};

const challenge = 'Bearer realm="sluice", Basic realm="sluice", charset="UTF-8"';

const table: string[] = [];

afterAll(() => {
  console.log(`Who is not let in, and by which key:\n${table.join('\n')}`);
});

/** Of one whom no ACL binds. */
async function newKey({ world, engine }: Walk, said: Partial<NewApiKey> = {}) {
  const wanted = { principal: admin, description: '', operations: undefined, expiresAt: undefined };
  const made = createApiKey(engine, world.call(engine), { ...wanted, ...said });
  const { key, secret } = await world.time.run(made);
  const basic = Buffer.from(`${key.id}:${secret}`).toString('base64');
  return { id: key.id, secret, bearer: `Bearer ${keyText({ id: key.id, secret })}`, basic };
}

/** Headers that let nobody in, by what is wrong with them. */
async function badHeaders(walk: Walk) {
  const { world, engine } = walk;
  const now = world.time.now() as EpochMillis;
  const [good, expired, ended, deleted] = [
    await newKey(walk),
    await newKey(walk, { expiresAt: now }),
    await newKey(walk),
    await newKey(walk),
  ];
  const rotation = { until: (now + 60_000) as EpochMillis, expiresAt: undefined };
  await world.time.run(rotateApiKey(engine, world.call(engine), ended.id, rotation));
  await world.time.run(endSecret(engine, world.call(engine), ended.id, 1));
  await world.time.run(deleteApiKey(engine, world.call(engine), deleted.id));
  return {
    'no credentials': undefined,
    'an empty header': '',
    junk: 'Bearer junk',
    'another scheme': `Token ${good.id}.${good.secret}`,
    'a token (JWT)': 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
    'an unknown key': `Bearer ${'A'.repeat(16)}.${good.secret}`,
    'a wrong secret': `Bearer ${good.id}.${'A'.repeat(43)}`,
    'the secret of another key': `Bearer ${good.id}.${ended.secret}`,
    'an expired secret': expired.bearer,
    'an ended secret': ended.bearer,
    'a deleted key': deleted.bearer,
  };
}

describe('who is not known', () => {
  test('is told 401 by every route and every path, and nothing is stored', async () => {
    const walk = await newWalk(undefined, byKey);
    const bad = Object.entries(await badHeaders(walk));
    const paths = rows.map(({ route }) => route.replace(/\/:\w+/g, '/x'));
    const unserved = ['GET /nothing', 'PUT /topics', 'OPTIONS /topics', 'HEAD /topics'];
    const before = walk.written();
    for (const route of [...new Set(paths), ...unserved]) {
      for (const [what, authorization] of bad) {
        const headers = authorization === undefined ? {} : { authorization };
        const answer = await walk.ask(route, { headers, body: bodyOf(route) });
        expect([route, what, answer.status]).toEqual([route, what, 401]);
        expect(answer.headers.get('www-authenticate')).toBe(challenge);
        if (!route.startsWith('HEAD')) expect(answer.json).toEqual({ error_code: 40_101, message });
      }
    }
    expect(walk.written()).toBe(before);
    expect(walk.faultsTold).toEqual([]);
    table.push(`${bad.map(([what]) => what).join(', ')}: 401 by every route`);
  });

  const message = 'credentials are missing, wrong or over';

  test('may say who he is in no other way', async () => {
    const walk = await newWalk(undefined, byKey);
    const { id, secret, bearer } = await newKey(walk);
    const key = keyText({ id, secret });
    for (const query of [`?key=${key}`, `?access_token=${key}`, `?Authorization=${bearer}`]) {
      expect((await walk.ask(`GET /topics${query}`)).status).toBe(401);
    }
    for (const name of ['x-api-key', 'cookie', 'proxy-authorization', 'x-caller']) {
      const headers = { [name]: name === 'x-caller' ? admin : bearer };
      expect((await walk.ask('GET /topics', { headers })).status).toBe(401);
    }
    for (const body of [{ key, principal: admin }]) {
      expect((await walk.ask('POST /topics/orders', { body })).status).toBe(401);
    }
  });

  test('is told so as a problem, if he asks for that', async () => {
    const walk = await newWalk(undefined, byKey);
    const { json } = await walk.ask('GET /topics', { accept: 'application/problem+json' });
    expect(json).toMatchObject({ status: 401, title: 'Unauthorized', field: 'Authorization' });
  });
});

function bodyOf(route: string): object | undefined {
  return /^(GET|HEAD)/.test(route) ? undefined : {};
}

describe('who has a key', () => {
  test.each(rows.map((row) => [titleOf(row), row] as const))('%s', async (title, row) => {
    const walk = await newWalk(row, byKey);
    const narrower = operationsTooFew(row);
    for (const operations of narrower) {
      const { bearer } = await newKey(walk, { operations });
      const before = await writtenAfterUse(walk, bearer);
      const { status, json } = await walk.askRow(undefined, { headers: { authorization: bearer } });
      expect([operations, status, json?.error_code]).toEqual([operations, 403, 40_301]);
      if (row.renewsSession !== true)
        expect([row.route, walk.written()]).toEqual([row.route, before]);
    }
    const enough = [...new Set(row.needs.map(([operation]) => operation))];
    const letsIn = handsOut(row) ? undefined : enough.length === 0 ? idle : enough;
    const { bearer, basic } = await newKey(walk, { operations: letsIn });
    const { status } = await walk.askRow(undefined, { headers: { authorization: bearer } });
    expect([...successes, row.status]).toContain(status);
    const again = { headers: { authorization: `Basic ${basic}` } };
    expect([401, 403]).not.toContain((await walk.askRow(undefined, again)).status);
    const lets = letsIn === undefined ? 'a whole key alone' : `narrowed to ${letsIn.join(', ')}`;
    const less = narrower.map((operations) => `${operations.join('+')} 403`).join(', ');
    table.push(`${title}: ${lets} ${status}${less === '' ? '' : `, to ${less}`}`);
  });

  const idle: readonly Operation[] = ['CLUSTER_ACTION'];

  /** Once it is noted that the key was used: that is no doing of the request. */
  async function writtenAfterUse({ ask, world, engine, written }: Walk, bearer: string) {
    await ask('GET /brokers', { headers: { authorization: bearer } });
    await world.time.run(engine.background.idle());
    return written();
  }

  /** What gives others more than a key may itself needs one that is not narrowed. */
  function handsOut({ route }: Row): boolean {
    return /^(POST|DELETE) (\/keys|\/v3\/clusters\/:cluster\/acls)/.test(route);
  }

  /** Narrowings that keep the request out: to nothing that helps, and to all but one. */
  function operationsTooFew(row: Row): readonly (readonly Operation[])[] {
    const { needs } = row;
    const needed = [...new Set(needs.map(([operation]) => operation))];
    if (needed.length === 0) return [];
    if (handsOut(row)) return [idle, ['ALTER'], ['ALTER', 'DESCRIBE', 'READ', 'WRITE']];
    const allButOne = needed.map((missing) => needed.filter((one) => one !== missing));
    const stillEnough = (operations: readonly Operation[]) => {
      return needed.every((one) => operations.some((own) => naivelyAllowing[one].includes(own)));
    };
    return [idle, ...allButOne.filter((some) => some.length > 0 && !stillEnough(some))];
  }
});
