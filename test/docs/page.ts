// Which pages there are; and a page's fences, in its order: what it lets a reader type, write and
// see.

import { readdirSync } from 'node:fs';

/** Those that are read at night have a test of their own (local/runbook.test.ts). */
export const pageNames: readonly string[] = [
  'README.md',
  'client/README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export type Fence = {
  /** `sh`, `js`, `text`, `diff`, ... */
  readonly language: string;
  readonly text: string;
  /** Of a program: how its first line names it, if it does. */
  readonly file: string | undefined;
};

export function fencesIn(page: string): readonly Fence[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => {
    return { language, text, file: /^\/\/ (\S+)\n/.exec(text)?.[1] };
  });
}

/** What is printed, where `...` stands for anything in a line, and a blank for any blanks. */
export function printed(text: string): RegExp {
  const lines = text.trim().split('\n').map(lineForm);
  return new RegExp(`^${lines.join('\n')}$`);
}

function lineForm(line: string): string {
  return line
    .split('...')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/ +/g, ' +'))
    .join('.*');
}
