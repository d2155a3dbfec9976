// Words that say a line is in the wrong room, or should not be there at all.

import { isIn, type Rule, type SourceFile } from './source.ts';

const synchronousRooms = [
  'record',
  'segment',
  'log',
  'group',
  'access',
  'pattern',
  'delivery',
  'ingest',
].map((room) => `shared/${room}`);
const waiting = /\b(async|await|Promise|setTimeout|setInterval|setImmediate|queueMicrotask)\b/;

export const synchronousCore: Rule = (files) =>
  find(files, waiting, {
    where: ({ path }) => isIn(path, ...synchronousRooms),
    advice: 'the core decides and never waits: let the engine do it',
  });

/** Time, chance and environment as a program has them without being handed them. */
const ambient = new RegExp(
  [
    /\bDate\.now\b/,
    /\bnew Date(?:\(\)|(?!\s*\())/,
    /\bperformance\.now\b/,
    /\bMath\.random\b/,
    /\b(?:randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues)\b/,
    // Not a name's part: 'messaging.process.duration'.
    /(?<![\w.])process\./,
    /\bconsole\./,
    /\b(?:setTimeout|setInterval|setImmediate)\b/,
    /\bAbortSignal\.timeout\b/,
  ]
    .map((form) => form.source)
    .join('|'),
);

/** Rooms that have them handed in. */
const handedIn = ['shared', 'functions', 'client', 'console', 'cli'];

/** Files that may, each with its reason. One that no longer needs its licence loses it. */
const licences: Readonly<Record<string, string>> = {
  'functions/runtime.ts': 'the composition root of the functions',
  'shared/engine/host-environment.ts': 'what composition roots hand in',
  'client/host.ts': 'the composition root of the client',
  'console/host.ts': 'the composition root of the console',
  'cli/main.ts': 'the composition root of the command line',
  'shared/aws/clients.ts': 'ends a call that hangs: a simulation has no sockets',
};

export const noAmbient: Rule = (files) => {
  const found = find(files, ambient, {
    where: ({ path }) => isIn(path, ...handedIn) && licences[path] === undefined,
    advice: 'have it handed in (shared/engine/environment.ts)',
  });
  const idle = files.filter(({ path, code }) => licences[path] && !ambient.test(code));
  return [...found, ...idle.map(({ path }) => `${path}: needs no licence: take it back`)];
};

/** Split, so that this file does not hold what it looks for. */
const forbidden = new RegExp(
  [
    String.raw`\b(?:TO${''}DO|FIX${''}ME|X${''}XX)\b`,
    `not${' '}implemented`,
    String.raw`\.\.\/shared\/[A-Z]+\.md`,
    String.raw`\b(?:DES${''}IGN|HO${''}USE|FAU${''}LTS|OPER${''}ATIONS)\.md`,
    String.raw`(?<![\w.])\/(?:home|root|Users|work)\/`,
  ].join('|'),
  'i',
);

export const noForbiddenWords: Rule = (files) =>
  files.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, index) => {
      const [found] = forbidden.exec(line) ?? [];
      if (found === undefined) return [];
      return [`${path}:${index + 1}: '${found}': finish it, or say it without naming the place`];
    });
  });

type Search = {
  readonly where: (file: SourceFile) => boolean;
  readonly advice: string;
};

function find(files: readonly SourceFile[], form: RegExp, { where, advice }: Search): string[] {
  return files.filter(where).flatMap(({ path, code }) => {
    const [found] = form.exec(code) ?? [];
    return found === undefined ? [] : [`${path}: '${found}': ${advice}`];
  });
}
