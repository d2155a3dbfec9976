// docs/costs.md says what is counted, and what `npm run price` answers: a page that is read when
// money is spent must not grow old.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { costTables, withTables } from '../../docs/cost-tables.ts';
import { answerTo } from '../../price/answer.ts';
import { readPriceOptions } from '../../price/options.ts';
import { fencesIn, printed } from '../docs/page.ts';

const page = readFileSync('docs/costs.md', 'utf8');

test('its tables are current: else run `npm run costs`', async () => {
  const tables = await costTables();
  expect(withTables(page, tables)).toBe(page);
  for (const { text } of tables) expect(page.split(text), text).toHaveLength(2);
  const [, atRest] = /^\| an engine to which nothing comes \| (.*) \|$/m.exec(page) ?? [];
  expect(readFileSync('README.md', 'utf8')).toContain(`nothing comes costs $${atRest} a month`);
});

test('`npm run price` answers what it shows', async () => {
  const fences = fencesIn(page);
  expect(fences.map(({ language }) => language)).toEqual(['sh', 'text', 'sh', 'text']);
  for (const [at, { language, text }] of fences.entries()) {
    if (language !== 'sh') continue;
    const [, flags = ''] = /^npm run price -- (.*)\n$/.exec(text) ?? [];
    const read = readPriceOptions(flags.split(' '), {});
    if (read.kind !== 'options') throw new Error(read.text);
    const answered = (await answerTo(read.options)).split('\n').map((line) => line.trim());
    const shown = (fences[at + 1]?.text ?? '').split('\n').filter((line) => line.trim() !== '');
    for (const line of shown) {
      if (line.trim() === '...') continue;
      const form = printed(line);
      const found = answered.findIndex((one) => form.test(one));
      expect(found, line).toBeGreaterThanOrEqual(0);
      answered.splice(0, found + 1);
    }
  }
});
