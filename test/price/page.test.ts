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
  const counted = cellsOf(withTables(page, tables));
  const shown = cellsOf(page);
  expect(shown.map(([what]) => what)).toEqual(counted.map(([what]) => what));
  expect(shown.length).toBeGreaterThan(50);
  for (const [at, cells] of counted.entries()) {
    for (const [column, cell] of cells.entries()) {
      const told = shown[at]?.[column] ?? '';
      expect(isNear(told, cell), `${cells[0]}: ${told} is told, ${cell} is counted`).toBe(true);
    }
  }
  const [, atRest] = /^\| an engine to which nothing comes \| (.*) \|$/m.exec(page) ?? [];
  expect(readFileSync('README.md', 'utf8')).toContain(`nothing comes costs $${atRest} a month`);
});

/** Of all rows of its tables. */
function cellsOf(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(' | '));
}

/** How long something takes is drawn: a change that draws once more or less need not be told. */
function isNear(told: string, counted: string): boolean {
  if (told === counted) return true;
  const [one, other] = [told, counted].map((text) => Number(text.replaceAll(',', '')));
  const difference = Math.abs((one ?? Number.NaN) - (other ?? Number.NaN));
  return difference <= Math.max(0.05, (other ?? 0) / 20);
}

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
