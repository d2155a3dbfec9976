// RUNBOOK.md, as tests look at it: its articles, and what of it is meant for a shell.

import { readFileSync } from 'node:fs';

export const runbook = readFileSync('RUNBOOK.md', 'utf8');

const [alarming = '', others = ''] = runbook.split('## What has no alarm');

/** By heading. */
export const articles = { ofAlarms: articlesIn(alarming), ofOthers: articlesIn(others) } as const;

function articlesIn(part: string): readonly string[] {
  return [...part.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);
}

/** As GitHub makes it of a heading. */
export const anchorOf = (article: string) => article.toLowerCase();

/** Fenced: some lines each. */
export const scripts = [...runbook.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(
  ([, code = '']) => code,
);

/** Between backticks: commands, and names. */
export const words = [...runbook.replaceAll(/^ *```.*?^ *```$/gms, '').matchAll(/`([^`]+)`/g)].map(
  ([, code = '']) => code,
);

const commands = [...scripts, ...words].map((code) => code.replaceAll(/^#.*$/gm, ''));

/** Of a form: each with what its groups have. */
export function commandsOf(form: RegExp): RegExpExecArray[] {
  return commands.flatMap((code) => [...code.matchAll(form)]);
}
