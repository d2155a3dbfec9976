// What the authors of bundled packages ask of whoever passes their code on: to pass their licences
// on with it.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bundle, projectRoot } from './bundle.ts';

/** @param who holds them: `The functions hold`.
 * @returns the packages that something of the bundles is from, above the text of their licence. */
export async function licencesOf(who: string, bundles: readonly Bundle[]): Promise<string> {
  const folders = new Set(
    bundles.flatMap(({ sources }) => sources.flatMap((file) => packageFolder.exec(file) ?? [])),
  );
  const packagesByText = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await textOf(folder, 'package.json'));
    const text = (await licenceIn(folder)) ?? `License: ${license}`;
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...packagesByText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  return `${who} code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Of a package within another one's folder, its own. */
const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

async function licenceIn(folder: string): Promise<string | undefined> {
  const files = await readdir(join(projectRoot, folder));
  const file = files.find((name) => /^licen[cs]e/i.test(name));
  return file === undefined ? undefined : (await textOf(folder, file)).trim();
}

function textOf(folder: string, file: string): Promise<string> {
  return readFile(join(projectRoot, folder, file), 'utf8');
}
