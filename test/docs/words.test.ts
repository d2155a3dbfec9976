// What the pages have a shell do, without a shell: each command of a page is of a form that is
// known here, and names a script and flags that there are. Those that may be run are, elsewhere:
// quickstart.md and console.md (pages.test.ts), the curls of README.md and http.md
// (local/first-session.test.ts) and of access.md (local/access.test.ts), costs.md
// (price/page.test.ts).

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readFsckOptions } from '../../local/fsck-options.ts';
import { readKeysOptions } from '../../local/keys-options.ts';
import { readOptions } from '../../local/options.ts';
import { readPriceOptions } from '../../price/options.ts';
import { pictured } from '../console/pictures.ts';
import { readHouse } from '../house/source.ts';
import { fencesIn, pageNames } from './page.ts';

const { scripts, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

type Read = (words: readonly string[]) => { readonly kind: string };

/** Of scripts that take flags. */
const readers: Readonly<Record<string, Read>> = {
  fsck: (words) => readFsckOptions(words, {}),
  keys: (words) => readKeysOptions(words, {}),
  price: (words) => readPriceOptions(words, {}),
  start: (words) => readOptions(words, {}),
};

/** Where something is done with what they say. */
const doneElsewhere = /^(curl|node|printf|npx sluice|npm install \S+$)/;

const pages = pageNames.map((name) => [name, readFileSync(name, 'utf8')] as const);

test.each(pages)('the commands of %s', (_, page) => {
  for (const command of commandsOf(page)) {
    const [, run = '', said = ''] =
      /^(?:[A-Z_]+=\S+ )?npm (?:run (?:--silent )?)?([\w:]+)(?: -- (.*))?$/.exec(command) ?? [];
    const [, cdk] = /^npx cdk (bootstrap|deploy|destroy)( -c trial=true)?$/.exec(command) ?? [];
    if (cdk !== undefined) expect(Object.keys(devDependencies)).toContain('aws-cdk');
    else if (['ci', 'pack', 'test'].includes(run)) expect(said).toBe('');
    else if (run !== '') {
      expect(Object.keys(scripts), command).toContain(run);
      if (said === '' || said === '--help') continue;
      expect(readers[run]?.(said.split(' ')), command).toMatchObject({ kind: 'options' });
    } else expect(command).toMatch(doneElsewhere);
  }
});

test.each(pages)('what %s links to is there, with its heading', (name, page) => {
  for (const [, link = ''] of page.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    const [path, anchor] = link.split('#');
    const file = path === '' ? name : resolve(name, '..', path as string);
    expect(existsSync(file), `${name}: ${link}`).toBe(true);
    if (anchor === undefined) continue;
    expect(anchorsOf(readFileSync(file, 'utf8')), `${name}: ${link}`).toContain(anchor);
  }
});

test('the pictures of the console are those that `npm run pictures` writes', () => {
  const shown = pages.flatMap(([, page]) =>
    [...page.matchAll(/\]\((?:docs\/)?pictures\/([\w-]+)\.png\)/g)].map(([, picture]) => picture),
  );
  expect(shown.toSorted()).toEqual(pictured.toSorted());
  for (const picture of pictured) {
    const { length } = readFileSync(`docs/pictures/${picture}.png`);
    expect(length, picture).toBeLessThan(120 * 1_024);
  }
});

test('a file that a page or ARCHITECTURE.md names is there', async () => {
  const files = (await readHouse()).map(({ path }) => path);
  for (const name of [...pageNames, 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    const named = readFileSync(name, 'utf8').matchAll(/`((?:[\w-]+\/)*[\w.-]+\.tsx?)`/g);
    for (const [, file = ''] of named) {
      expect(
        files.some((path) => `/${path}`.endsWith(`/${file}`)),
        `${name}: ${file}`,
      ).toBe(true);
    }
  }
});

/** One a line, without what is said about it. */
function commandsOf(page: string): readonly string[] {
  const indented = [...page.matchAll(/^ {4}(np[mx] .*)$/gm)].map(([, line = '']) => line);
  const fenced = fencesIn(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll(/ *\\\n */g, ' ').split('\n'));
  return [...indented, ...fenced]
    .map((line) => line.replace(/ +#.*$/, ''))
    .map((line) => line.replace(/^[A-Z]+=\$\((.*)\)$/, '$1'))
    .filter((line) => /^[a-zA-Z]/.test(line));
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}
