// As many ACLs as there may be: one more is refused, and no reply is longer than one may be.

import { expect, test } from 'vitest';
import { principalLengthMax } from '../../shared/access/principal.ts';
import type { AccessControl } from '../../shared/api/access.ts';
import { aclsMax, aclsPerRequestMax, createAcls } from '../../shared/engine/access/acls.ts';
import { replyBytesMax, topicNameLengthMax } from '../../shared/limits.ts';
import { aclOf } from '../access/naive-acls.ts';
import { type Asked, newApi } from './ask.ts';

const acls = '/v3/clusters/sluice/acls';

const admin: AccessControl = {
  identify: () => ({ principal: 'User:admin' }),
  acls: { superUsers: new Set(['User:admin']) },
};

/** As many as there may be. */
async function fill(
  { world, engine }: Asked,
  nameOf: (at: number) => string,
  principal: string,
): Promise<void> {
  const all = Array.from({ length: aclsMax }, (_, at) => {
    return aclOf(['READ', 'TOPIC', nameOf(at)], { principal });
  });
  for (let at = 0; at < aclsMax; at += aclsPerRequestMax) {
    const some = all.slice(at, at + aclsPerRequestMax);
    await world.time.run(createAcls(engine, world.call(engine), some));
  }
}

test('when there are as many as there may be, one more is refused', async () => {
  const api = await newApi(undefined, admin);
  const { ask } = api;
  await fill(api, (at) => `t${at}`, 'User:alice');
  const body = {
    resource_type: 'GROUP',
    resource_name: 'shop',
    pattern_type: 'LITERAL',
    principal: 'User:alice',
    operation: 'READ',
    permission: 'ALLOW',
  };
  const { status, json } = await ask(`POST ${acls}`, { body });
  const message = `there may be ${aclsMax} ACLs`;
  expect([status, json]).toEqual([409, { error_code: 409, message }]);
  expect((await ask(`GET ${acls}`)).json.data).toHaveLength(aclsMax);
});

test('what no reply holds is asked for in parts, and deleted all the same', async () => {
  const api = await newApi(undefined, admin);
  const { ask } = api;
  const strange = (length: number) => 'é'.repeat(length);
  const principal = `User:${strange(principalLengthMax - 'User:'.length)}`;
  await fill(api, (at) => strange(topicNameLengthMax - 4) + at, principal);
  const { status, json } = await ask(`GET ${acls}`);
  expect([status, json.message]).toEqual([400, expect.stringContaining('principal: ')]);
  const one = `resource_name=${encodeURIComponent(`${strange(topicNameLengthMax - 4)}7`)}`;
  expect((await ask(`GET ${acls}?${one}`)).json.data).toHaveLength(1);
  const gone = await ask(`DELETE ${acls}?operation=READ`);
  expect(gone.bytes.length).toBeLessThan(replyBytesMax);
  expect(gone.json.data.length).toBeGreaterThan(100);
  expect((await ask(`GET ${acls}`)).json.data).toEqual([]);
});
