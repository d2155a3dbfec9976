// RUNBOOK.md is read at night: a command of it names a script, a flag and a route that exist.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readFsckOptions } from '../../local/fsck-options.ts';
import { cluster } from '../../shared/access/acl.ts';
import { findingKinds } from '../../shared/engine/upkeep/fsck/findings.ts';
import { errorCodes } from '../../shared/errors.ts';
import { apiRoutes } from '../api/every-route.ts';
import { commandsOf, scripts, words } from './runbook.ts';

describe('a command', () => {
  test('is one for the shell', () => {
    for (const code of scripts) execFileSync('bash', ['-n'], { input: code });
  });

  test('starts a script that is there, by flags that it has', () => {
    const { scripts: known } = JSON.parse(readFileSync('package.json', 'utf8'));
    const started = commandsOf(/npm run (?:--silent )?([\w:]+)(?: -- ([^\n|>;]*))?/g);
    expect(started.length).toBeGreaterThan(5);
    for (const [, script = '', said = ''] of started) {
      expect(Object.keys(known)).toContain(script);
      const flags = said
        .replaceAll(/"\$\(name \w+\)"/g, 'x')
        .trim()
        .split(' ');
      expect(readFsckOptions(flags, {}), said).toMatchObject({ kind: 'options' });
    }
  });

  test('asks for a route that the API has', () => {
    const routes = apiRoutes.map(formOf);
    const asked = commandsOf(/\bcall ([A-Z]+) '?(\/[^\s'`?]*)/g);
    expect(asked.length).toBeGreaterThan(20);
    const unknown = asked
      .map(([, method, path]) => `${method} ${path}`)
      .filter((asking) => !routes.some((route) => route.test(asking)));
    expect(unknown).toEqual([]);
  });

  test('takes no denial away with what is allowed, and denies whatever there is', () => {
    const deleted = commandsOf(/call DELETE '\/v3\/clusters\/sluice\/acls\?([^']*)'/g);
    expect(deleted.length).toBeGreaterThan(1);
    for (const [, query] of deleted) expect(query).toMatch(/&permission=(ALLOW$|DENY&)/);
    const code = scripts.find((one) => one.includes('DENY')) ?? '';
    const echo = 'call() { echo "$3" | tr -d "\\n"; echo; }\n';
    const said = execFileSync('bash', { input: echo + code, encoding: 'utf8' });
    const denied = said.trim().split('\n');
    const everything = {
      pattern_type: 'LITERAL',
      principal: 'User:NAME',
      host: '*',
      operation: 'ALL',
      permission: 'DENY',
    };
    expect(denied.map((acl) => JSON.parse(acl))).toEqual([
      { resource_type: 'TOPIC', resource_name: '*', ...everything },
      { resource_type: 'GROUP', resource_name: '*', ...everything },
      { resource_type: 'CLUSTER', resource_name: cluster.name, ...everything },
    ]);
  });

  test('brings a body that is JSON', () => {
    const bodies = commandsOf(/\bcall [A-Z]+ \S+ '([^']*)'/g).map(([, body = '']) => body);
    expect(bodies.length).toBeGreaterThan(5);
    for (const body of bodies) JSON.parse(body.replaceAll(/(?<=:)[A-Z]+(?=[,}])/g, '0'));
  });
});

test('a code, and what fsck finds, are called what they are called', () => {
  const codes = words.filter((word) => /^[A-Z]{6,}(_[A-Z]+)*$/.test(word) && word !== 'DISABLED');
  const kinds = words.filter((word) => /^[a-z]+-[a-z]+$/.test(word));
  expect(codes.length * kinds.length).toBeGreaterThan(0);
  expect(errorCodes).toEqual(expect.arrayContaining(codes));
  expect(findingKinds).toEqual(expect.arrayContaining(kinds));
});

/** @param route as the API has it: `GET /topics/:topic`. */
function formOf(route: string): RegExp {
  return new RegExp(`^${route.replaceAll(/:\w+\b(?=\/|$)/g, '[^/]+')}$`);
}
