// The outer shape of a file: how long, how wide, how it opens and what it offers.

import { posix } from 'node:path';
import { isHandler, isTypeScript, type Rule, type SourceFile } from './source.ts';

const linesMax = 300;
const handlerLinesMax = 40;
const columnsMax = 100;

export const smallFiles: Rule = (files) =>
  onTypeScript(files, (file) => {
    const lines = file.text.trimEnd().split('\n');
    const most = isHandler(file) ? handlerLinesMax : linesMax;
    const complaints: string[] = [];
    if (lines.length > most) {
      complaints.push(`${lines.length} lines of ${most}: split it by verb, or do less`);
    }
    const wide = lines.findIndex((line) => [...line].length > columnsMax);
    if (wide >= 0) complaints.push(`line ${wide + 1} is wider than ${columnsMax}: break it`);
    return complaints;
  });

export const openingComments: Rule = (files) =>
  onTypeScript(files, ({ text }) => {
    const opening = text.replace(/^#!.*\n/, '');
    if (/^(\/\/ |\/\*\*? ?)\S/.test(opening)) return [];
    return ['open with a comment: what it is for, and the invariants it keeps'];
  });

export const noBarrels: Rule = (files) =>
  onTypeScript(files, ({ path, code }) => {
    if (posix.basename(path) === 'index.ts') return ['name the file after what is in it'];
    if (/^export \*/m.test(code)) return ['no star exports: import from where a thing is made'];
    return [];
  });

/** Tools ask for a default export; everything else is found by its name. */
export const noDefaultExports: Rule = (files) =>
  onTypeScript(files, ({ path, code }) => {
    if (/\.config\.ts$/.test(path)) return [];
    const found = /^export default\b|^export \{[^}]*\bas default\b/m.test(code);
    return found ? ['no default export: give it a name'] : [];
  });

export const noUtils: Rule = (files) =>
  onTypeScript(files, ({ path }) => {
    if (!/\b(utils?|helpers?|common|misc)\b/.test(path)) return [];
    return ['not a subject: name the file after what it does'];
  });

function onTypeScript(files: readonly SourceFile[], look: (file: SourceFile) => string[]) {
  return files
    .filter(({ path }) => isTypeScript(path))
    .flatMap((file) => look(file).map((complaint) => `${file.path}: ${complaint}`));
}
