// What is installed, and what runs it: the same everywhere, or a test proves nothing elsewhere.

import type { Rule } from './source.ts';

export const pinnedVersions: Rule = (files) =>
  files
    .filter(({ path }) => path === 'package.json')
    .flatMap(({ text }) => {
      const { dependencies, devDependencies } = JSON.parse(text);
      return Object.entries<string>({ ...dependencies, ...devDependencies });
    })
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `${name}: '${version}' installs what nobody has tested: pin it`);

/** @param version as `process.versions.node` has it.
 * @returns what is wrong with it, if anything is. */
export function wrongNode(version: string): string | undefined {
  if (version.startsWith('24.')) return undefined;
  return `Node ${version} is not the functions' 24: run it by npm, and let 'node' install itself`;
}
