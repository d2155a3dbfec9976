// Which engine is spoken to, and as whom: the command line, the environment, the profile in use. A
// secret is never printed, never in the file of profiles, and goes to no engine but its own.

import { expect, test } from 'vitest';
import { clientOptions } from '../../../cli/wiring.ts';
import { newShell, type ShellStory } from '../shell-story.ts';

const config = '/people/ada/.config/sluice/config.json';
const none = { kind: 'none' } as const;

/** The engine that a command speaks to. */
async function spoken({ sluice, engines }: ShellStory, line: string, environment = {}) {
  const said = await sluice(`topics list ${line}`.trim(), { environment });
  return engines.pop() ?? said.err;
}

test('without a word it is the engine on this machine; with words it is theirs', async () => {
  const story = await newShell();
  const local = 'http://127.0.0.1:8082';
  expect(await spoken(story, '')).toEqual({ url: local, auth: none });
  const environment = { SLUICE_URL: 'http://there', SLUICE_KEY: 'k.s' };
  const key = { kind: 'key', secret: 'k.s' } as const;
  expect(await spoken(story, '', environment)).toEqual({ url: 'http://there', auth: key });
  expect(await spoken(story, '--url http://here', environment)).toEqual({
    ...{ url: 'http://here', auth: key },
  });
  expect(await spoken(story, '--key o.p', environment)).toMatchObject({ auth: { secret: 'o.p' } });
  expect(await spoken(story, '--iam', environment)).toMatchObject({ auth: { kind: 'iam' } });
  expect((await story.sluice('topics list --iam --key k.s')).code).toBe(2);
});

test('profiles are set, listed, used, changed and removed', async () => {
  const story = await newShell();
  const { sluice, files } = story;
  await sluice('profiles set local --url http://local');
  await sluice('profiles set prod --url https://prod --auth iam --region eu-west-1');
  expect((await sluice('profiles use prod')).err).toBe('prod is in use\n');
  expect((await sluice('profiles list')).out).toBe(
    [
      '   NAME   URL           AUTH  REGION     SECRET',
      '   local  http://local  none  -          -',
      '*  prod   https://prod  iam   eu-west-1  -',
      '',
    ].join('\n'),
  );
  const iam = { kind: 'iam', region: 'eu-west-1' };
  expect(await spoken(story, '')).toEqual({ url: 'https://prod', auth: iam });
  expect(await spoken(story, '', { SLUICE_PROFILE: 'local' })).toMatchObject({
    url: 'http://local',
  });
  expect(await spoken(story, '--profile local')).toEqual({ url: 'http://local', auth: none });
  expect((await sluice('profiles set prod --region us-east-1 --json')).json()).toEqual({
    ...{ name: 'prod', url: 'https://prod', auth: 'iam', region: 'us-east-1' },
  });
  await sluice('profiles remove prod');
  expect(JSON.parse(files.get(config)?.text ?? '')).toEqual({
    profiles: { local: { url: 'http://local', auth: 'none' } },
  });
  expect((await sluice('profiles list --json')).json()).toMatchObject([{ name: 'local' }]);
  expect((await sluice('profiles use prod')).code).toBe(3);
  expect((await sluice('topics list --profile prod')).code).toBe(2);
});

test('profiles are kept where a home is known by its name on Windows', async () => {
  const { sluice, files } = await newShell();
  const environment = { HOME: undefined, USERPROFILE: '/people/eve' };
  await sluice('profiles set a --url http://a', { environment });
  await sluice('profiles set b --url http://b', { environment });
  expect([...files.keys()]).toEqual(['/people/eve/.config/sluice/config.json']);
  const said = await sluice('profiles list --json', { environment });
  expect(said.json()).toMatchObject([{ name: 'a' }, { name: 'b' }]);
  const homeless = { environment: { HOME: undefined } };
  expect((await sluice('topics list', homeless)).code).toBe(0);
  expect((await sluice('profiles set c --url http://c', homeless)).code).toBe(1);
});

test('a secret is kept beside the profiles, or where its owner says, and never shown', async () => {
  const story = await newShell();
  const { sluice, files } = story;
  const said = [
    await sluice('profiles set shop --url http://shop --auth key --secret-stdin', {
      stdin: ['id.se', 'cret\n'],
    }),
    await sluice('profiles set file --url http://file --auth token --secret-file /run/token'),
    await sluice('profiles set env --url http://env --auth key --secret-variable SHOP_KEY'),
    await sluice('profiles set twin --url http://twin --auth key'),
    await sluice('profiles list --json'),
  ];
  expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  const shown = said.map(({ out, err }) => out + err).join('');
  expect(shown + files.get(config)?.text).not.toContain('secret\n');
  expect(shown + files.get(config)?.text).not.toContain('id.');
  const secret = { kind: 'key', secret: 'id.secret' };
  expect(await spoken(story, '--profile shop')).toEqual({ url: 'http://shop', auth: secret });
  expect(await spoken(story, '--profile env', { SHOP_KEY: 'id.secret' })).toMatchObject({
    auth: secret,
  });
  expect(await spoken(story, '--profile twin', { SLUICE_KEY: 'id.secret' })).toMatchObject({
    auth: secret,
  });
  expect(await spoken(story, '--profile env')).toContain('SHOP_KEY, which is not set');
  expect(await spoken(story, '--profile file')).toContain('/run/token: no file');
  files.set('/run/token', { text: 'abc\n', isShared: false });
  expect(await spoken(story, '--profile file')).toMatchObject({ auth: { secret: 'abc' } });
  files.set('/run/token', { text: 'abc\n', isShared: true });
  expect(await spoken(story, '--profile file')).toContain('chmod 600');
  await sluice('profiles remove shop');
  await sluice('profiles remove file');
  expect([...files.keys()]).toEqual([config, '/run/token']);
});

test('a secret’s file is the same one wherever the profile is used', async () => {
  const { sluice, files } = await newShell();
  const set = 'profiles set shop --url http://shop --auth key --secret-file';
  const secretFile = '/people/ada/shop/keys/shop';
  expect((await sluice(`${set} keys/shop --json`)).json()).toMatchObject({ secretFile });
  expect(JSON.parse(files.get(config)?.text ?? '')).toMatchObject({
    profiles: { shop: { secretFile } },
  });
  const same = (await sluice(`${set} /run/key --json`)).json();
  expect(same).toMatchObject({ secretFile: '/run/key' });
});

test('a secret that no profile needs any more is not left behind', async () => {
  const { sluice, files } = await newShell();
  const own = '/people/ada/.config/sluice/shop.secret';
  const keep = 'profiles set shop --url http://shop --auth key --secret-stdin';
  const isKept = async (...lines: readonly string[]) => {
    await sluice(keep, { stdin: ['id.secret'] });
    for (const line of lines) expect([line, (await sluice(line)).code]).toEqual([line, 0]);
    return files.has(own);
  };
  expect(await isKept('profiles set shop --url http://other')).toBe(true);
  expect(await isKept('profiles set shop --auth none')).toBe(false);
  expect(await isKept('profiles set shop --secret-variable SHOP_KEY')).toBe(false);
  expect(await isKept('profiles set shop --secret-file /run/key')).toBe(false);
  expect(await isKept('profiles remove shop')).toBe(false);
  const twin = `profiles set twin --url http://twin --auth key --secret-file ${own}`;
  expect(await isKept(twin, 'profiles remove shop')).toBe(true);
});

test('the secret of a profile in use stays at home when only another URL is said', async () => {
  const story = await newShell();
  await story.sluice('profiles set shop --url http://shop --auth key --secret-stdin', {
    stdin: ['id.secret'],
  });
  await story.sluice('profiles use shop');
  expect(await spoken(story, '')).toMatchObject({ auth: { kind: 'key' } });
  const other = { url: 'http://other', auth: none };
  expect(await spoken(story, '--url http://other')).toEqual(other);
  expect(await spoken(story, '', { SLUICE_URL: 'http://other' })).toEqual(other);
  expect(await spoken(story, '--profile shop --url http://other')).toMatchObject({
    ...{ url: 'http://other', auth: { kind: 'key' } },
  });
});

test('a file of profiles that is not understood is refused, with the field', async () => {
  const story = await newShell();
  const cases: [text: string, complaint: string][] = [
    ['{', 'JSON'],
    ['[]', 'it: must be an object'],
    ['{"profiles":{"a":{"auth":"iam"}}}', 'profiles.a.url: must be there'],
    ['{"profiles":{"a":{"url":"u","auth":"magic"}}}', 'profiles.a.auth: must be one of'],
    [
      '{"profiles":{"a":{"url":"u","auth":"none","secret":"s"}}}',
      'profiles.a.secret: is not known',
    ],
    ['{"current":7,"profiles":{}}', 'current: must be'],
  ];
  for (const [text, complaint] of cases) {
    story.files.set(config, { text, isShared: false });
    const said = await story.sluice('topics list');
    expect([text, said.code, said.out]).toEqual([text, 1, '']);
    expect(said.err).toContain(`${config}: `);
    expect(said.err).toContain(complaint);
  }
});

test('what makes no sense of a profile', async () => {
  const { sluice } = await newShell();
  const wrongs = [
    'set a',
    'set a --url not-a-url',
    'set a/b --url http://a',
    'set a --url http://a --auth magic',
    'set a --url http://a --secret-file f',
    'set a --url http://a --auth key --secret-file f --secret-variable V',
  ];
  for (const line of wrongs) {
    expect([line, (await sluice(`profiles ${line}`)).code]).toEqual([line, 2]);
  }
});

test('what is no URL, and no key, is refused by the name of what says it', async () => {
  const { sluice } = await newShell();
  const said = [
    await sluice('topics list --url localhost:8082'),
    await sluice('topics list', { environment: { SLUICE_URL: 'nowhere' } }),
    await sluice('profiles set local --url localhost:8082'),
    await sluice('produce orders --key k1', { stdin: ['a'] }),
  ];
  expect(said.map(({ code, err }) => [code, err.split(': must be ')[0]])).toEqual([
    [2, 'sluice: --url'],
    [2, 'sluice: SLUICE_URL'],
    [2, 'sluice: --url'],
    [2, 'sluice: --key'],
  ]);
  expect(said.at(-1)?.err).toContain('--record-key');
});

test('the client is told who calls', async () => {
  const asked = {
    ...{ method: 'GET', url: new URL('http://a'), headers: {}, body: undefined },
  };
  const host = { clock: { now: () => 0 } as never, environment: () => undefined };
  const headersBy = (auth: Parameters<typeof clientOptions>[0]['auth']) =>
    clientOptions({ url: 'http://a', auth }).auth?.(asked, host);
  expect(await headersBy(none)).toBeUndefined();
  expect(await headersBy({ kind: 'key', secret: 'k.s' })).toEqual({ Authorization: 'Bearer k.s' });
  expect(await headersBy({ kind: 'token', secret: 'jwt' })).toEqual({
    Authorization: 'Bearer jwt',
  });
  expect(typeof clientOptions({ url: 'http://a', auth: { kind: 'iam', region: 'r' } }).auth).toBe(
    'function',
  );
});
