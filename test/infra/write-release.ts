// Keeps what the stacks of this version are, for later ones to be held to: a release runs it once
// its version is in package.json. What a release was is not written again.

import { readFileSync, writeFileSync } from 'node:fs';
import { SluiceStack } from '../../infra/sluice-stack.ts';
import { everythingIn } from './everything.ts';
import { newApp, type Resources, resourcesOf } from './template.ts';
import { normalised } from './upgrade.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const stacks = {
  Sluice: resourcesOf(new SluiceStack(newApp(), 'Sluice')),
  Everything: resourcesOf(everythingIn(newApp())),
};
const told = Object.entries(stacks).map(([name, of]) => `"${name}": {\n${lines(of)}\n}`);
writeFileSync(`test/infra/releases/${version}.json`, `{${told.join(',\n')}}\n`, {
  flag: 'wx',
});

/** One a resource: what differs between two releases is seen. */
function lines(resources: Resources): string {
  return Object.entries(normalised(resources))
    .map(([id, resource]) => `${JSON.stringify(id)}: ${JSON.stringify(resource)}`)
    .join(',\n');
}
