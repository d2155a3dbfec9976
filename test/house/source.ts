// The project's own text, as the rules of the house see it: each file, its code without comments,
// and what it imports.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { transform } from 'esbuild';

export type SourceFile = {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Without comments and types; empty for what is not TypeScript. */
  readonly code: string;
  readonly imports: readonly Import[];
};

export type Import = {
  /** A path from the project's root for a file of ours; a package's or module's name for
   * another. */
  readonly from: string;
  readonly ours: boolean;
  /** Nothing of it is there when the program runs. */
  readonly typeOnly: boolean;
};

/** A rule looks at files and says what is wrong, a line each: `path: what, and what to do`. */
export type Rule = (files: readonly SourceFile[]) => string[];

export const rooms = [
  'shared',
  'functions',
  'local',
  'infra',
  'price',
  'build',
  'bench',
  'demo',
  'client',
  'console',
  'cli',
  'test',
] as const;
const folders = [...rooms, 'docs', '.ci'];
const textForm = /\.(tsx?|css|html|md|json|ya?ml|sh)$|^\.ci\//;
const made = new Set(['package-lock.json', 'docs/openapi.json']);

export async function readHouse(): Promise<readonly SourceFile[]> {
  const inFolders = folders.flatMap((folder) => filesUnder(folder));
  const atRoot = readdirSync('.', { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  const paths = [...inFolders, ...atRoot].filter((path) => textForm.test(path) && !made.has(path));
  return Promise.all(paths.map((path) => sourceFile(path, readFileSync(path, 'utf8'))));
}

/** A folder that is not there yet holds nothing; what is built is nobody's text. */
function filesUnder(folder: string): string[] {
  if (!readdirSync('.').includes(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/dist/'));
}

export async function sourceFile(path: string, text: string): Promise<SourceFile> {
  if (!isTypeScript(path)) return { path, text, code: '', imports: [] };
  const { code } = await transform(text, {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    jsx: 'preserve',
    sourcefile: path,
    legalComments: 'none',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return { path, text, code, imports: [...importsOf(path, text)] };
}

export function isTypeScript(path: string): boolean {
  return /\.tsx?$/.test(path);
}

/** What Lambda starts: it is named in the stack, and no import says so. */
export function isHandler({ path, code }: SourceFile): boolean {
  return isIn(path, 'functions') && /^export const handler\b/m.test(code);
}

export function isIn(path: string, ...folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

const staticImport = /^(?:import|export)\b([^'"`;]*?)(?:\bfrom\s*)?['"]([^'"]+)['"]/gm;
/** By `import()` or as a program of its own, which is named by a URL beside this module. */
const dynamicImport = /\b(?:import|new URL)\(\s*['"]([^'"]+)['"]/g;

function* importsOf(path: string, text: string): Generator<Import> {
  for (const [, names = '', specifier = ''] of text.matchAll(staticImport)) {
    yield resolve(path, specifier, isTypeOnly(names));
  }
  for (const [, specifier = ''] of text.matchAll(dynamicImport)) {
    yield resolve(path, specifier, false);
  }
}

/** `type { A }`, or `{ type A, type B }`: every name of it a type. */
function isTypeOnly(names: string): boolean {
  if (/^\s+type\b/.test(names)) return true;
  const listed = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1]?.split(',') ?? [];
  const given = listed.map((name) => name.trim()).filter((name) => name !== '');
  return given.length > 0 && given.every((name) => name.startsWith('type '));
}

function resolve(path: string, specifier: string, typeOnly: boolean): Import {
  const ours = specifier.startsWith('.');
  const from = ours ? posix.join(posix.dirname(path), specifier) : specifier;
  return { from, ours, typeOnly };
}
