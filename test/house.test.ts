// The house checks itself. Each rule is run on the whole project, where it must find nothing, and
// on a small file that breaks it, where it must find something: a rule that cannot fail guards
// nothing.

import { expect, test } from 'vitest';
import {
  clientPartsApart,
  hostForRootsAlone,
  nothingImportsTests,
  oneWayDoors,
  packagesInTheirRooms,
} from './house/doors.ts';
import { pinnedVersions, wrongNode } from './house/manifest.ts';
import { noDeadFiles } from './house/reach.ts';
import {
  noBarrels,
  noDefaultExports,
  noUtils,
  openingComments,
  smallFiles,
} from './house/shape.ts';
import { type Rule, readHouse, sourceFile } from './house/source.ts';
import { noAmbient, noForbiddenWords, synchronousCore } from './house/words.ts';

/** By path: the text of a file that breaks the rule, and a word of the complaint. */
type Breach = readonly [path: string, text: string, complaint: string];

const rules: Readonly<Record<string, readonly [Rule, ...(readonly Breach[])]>> = {
  'the doors are one-way': [
    oneWayDoors,
    ['shared/record/a.ts', "import { b } from '../engine/b.ts';", "'record' may not import"],
    ['shared/ids.ts', "import { b } from './record/b.ts';", "'root' may not import"],
    ['shared/log/a.ts', "import type { Table } from '../store/table.ts';", "'log' may not import"],
    ['shared/pattern/a.ts', "import { b } from '../delivery/b.ts';", "'pattern' may not import"],
    ['shared/engine/a.ts', "import { b } from '../pattern/b.ts';", "'engine' may not import"],
    ['shared/api/a.ts', "import { counted } from '../store/counted.ts';", "'api' may not import"],
    ['shared/store/a.ts', "import { b } from '../engine/b.ts';", "'store' may not import"],
    ['shared/api/a.ts', "import { b } from '../aws/b.ts';", "'api' may not import"],
    ['shared/engine/a.ts', "import { b } from '../api/b.ts';", "'engine' may not import"],
    ['shared/aws/a.ts', "import { b } from '../engine/b.ts';", "'aws' may not import"],
    ['functions/a.ts', "import { b } from '../local/b.ts';", "'functions' may not import"],
    ['local/a.ts', "export { b } from '../functions/b.ts';", "'local' may not import"],
    ['infra/a.ts', "import { b } from '../shared/ids.ts';", "'infra' may not import"],
    ['infra/a.ts', "const b = await import('../functions/b.ts');", "'infra' may not import"],
    ['build/a.ts', "import { b } from '../infra/b.ts';", "'build' may not import"],
    ['console/a.tsx', "import { b } from '../shared/limits.ts';", "'console' may not import"],
    ['console/a.tsx', "import { b } from '../shared/console/b.ts';", "'console' may not import"],
    ['shared/console/a.ts', "import { b } from '../../console/b.ts';", "console' may not import"],
    ['client/a.ts', "import { b } from '../cli/b.ts';", "'client' may not import"],
    ['cli/a.ts', "import { b } from '../shared/engine/b.ts';", "'cli' may not import"],
  ],
  'the parts of the client know nothing of each other': [
    clientPartsApart,
    ['client/consumer/a.ts', "import { b } from '../admin/b.ts';", "the client's admin"],
  ],
  'a package stays in its room': [
    packagesInTheirRooms,
    ['shared/engine/a.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'for aws, bench'],
    ['local/a.ts', "import { x } from '@smithy/node-http-handler';", 'for aws, bench'],
    ['client/a.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'for aws, bench'],
    ['client/a.ts', "import { Command } from 'commander';", 'for cli alone'],
    ['shared/engine/a.ts', "import { Hono } from 'hono';", 'for api, functions, local alone'],
    ['shared/log/a.ts', "import * as z from 'zod';", 'for api alone'],
    ['functions/a.ts', "import { Stack } from 'aws-cdk-lib';", 'for infra alone'],
    ['infra/a.ts', "import { build } from 'esbuild';", 'for build alone'],
    ['local/a.ts', "import { render } from 'preact';", 'for console alone'],
    ['console/a.tsx', "import { join } from 'node:path';", 'go through a port'],
    ['shared/store/a.ts', "import { DatabaseSync } from 'node:sqlite';", 'for local, bench'],
  ],
  'only composition roots name the process itself': [
    hostForRootsAlone,
    ['shared/engine/a.ts', "import { hostClock } from './host-environment.ts';", 'handed in'],
  ],
  'nothing imports a test': [
    nothingImportsTests,
    ['shared/engine/a.ts', "import { b } from '../../test/world/b.ts';", "is a test's"],
    ['price/a.ts', "import { b } from '../test/engine/b.ts';", "is a test's"],
  ],
  'the core is synchronous': [
    synchronousCore,
    ['shared/log/a.ts', 'export async function a() {}', "'async'"],
    ['shared/record/a.ts', 'export const a: unknown = Promise.resolve(1);', "'Promise'"],
  ],
  'time, chance and environment are handed in': [
    noAmbient,
    ['shared/engine/a.ts', 'export const a = Date.now();', "'Date.now'"],
    ['shared/engine/a.ts', 'export const a = new Date();', "'new Date()'"],
    ['shared/engine/a.ts', 'export const a = Math.random();', "'Math.random'"],
    ['shared/log/a.ts', "export { randomBytes } from 'node:crypto';", "'randomBytes'"],
    ['shared/api/a.ts', "export const a = process.env['A'];", "'process.'"],
    ['functions/a.ts', 'console.log(1);', "'console.'"],
    ['console/a.tsx', 'export const a = <p>{Date.now()}</p>;', "'Date.now'"],
    ['cli/a.ts', 'export const a = process.argv;', "'process.'"],
    ['shared/aws/a.ts', 'setTimeout(() => {}, 1);', "'setTimeout'"],
    ['functions/runtime.ts', 'export const a = 1;', 'needs no licence'],
  ],
  'files are small': [
    smallFiles,
    ['shared/log/a.ts', '// a\n'.repeat(301), '301 lines of 300'],
    ['functions/a.ts', `${'\n'.repeat(40)}export const handler = 1;`, '41 lines of 40'],
    ['test/a.test.ts', `\n// ${'a'.repeat(98)}`, 'line 2 is wider than 100'],
  ],
  'a file opens with what it is for': [
    openingComments,
    ['shared/log/a.ts', 'export const a = 1; // a', 'open with a comment'],
  ],
  'there are no barrels': [
    noBarrels,
    ['shared/log/a.ts', "export * from './b.ts';", 'no star exports'],
    ['shared/log/index.ts', '// All of it.', 'name the file after what is in it'],
  ],
  'only tools are given a default export': [
    noDefaultExports,
    ['shared/log/a.ts', 'export default 1;', 'no default export'],
    ['shared/log/a.ts', 'const a = 1;\nexport { a as default };', 'no default export'],
  ],
  'a file is named after its subject': [
    noUtils,
    ['shared/log/utils.ts', '// This and that.', 'not a subject'],
    ['test/test-helpers.ts', '// This and that.', 'not a subject'],
  ],
  'every file is reached': [
    noDeadFiles,
    ['shared/log/a.ts', '// Nobody asks for it.', 'no program and no test reaches it'],
    ['test/world/a.ts', '// Nobody asks for it.', 'no program and no test reaches it'],
  ],
  'nothing is left to be done, or names the place it was made in': [
    noForbiddenWords,
    ['shared/log/a.ts', `// ${'TO'}DO: the rest`, 'finish it'],
    ['docs/a.md', `It is ${'not'} implemented.`, 'finish it'],
    ['README.md', `See ../shared/${'DESIGN'}.md.`, 'without naming the place'],
    ['package.json', `"/${'home'}/someone/sluice"`, 'without naming the place'],
  ],
  'every dependency is of one version': [
    pinnedVersions,
    ['package.json', '{"dependencies":{"zod":"^4.6.7"}}', "zod: '^4.6.7'"],
    ['package.json', '{"devDependencies":{"vitest":"latest"}}', "vitest: 'latest'"],
  ],
};

const house = await readHouse();

for (const [name, [rule, ...breaches]] of Object.entries(rules)) {
  test(name, async () => {
    expect(rule(house)).toEqual([]);
    for (const [path, text, complaint] of breaches) {
      const found = rule([await sourceFile(path, text)]);
      expect(found.join('\n'), `${path}: ${text.slice(0, 80)}`).toContain(complaint);
    }
  });
}

test('the Node that runs this is the one of the functions', () => {
  expect(wrongNode(process.versions.node)).toBeUndefined();
  expect(wrongNode('22.19.0')).toContain('run it by npm');
});
