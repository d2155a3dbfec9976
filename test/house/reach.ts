// Dead files: what neither a program nor a test reaches is not part of the product.

import { isHandler, isIn, isTypeScript, type Rule, rooms, type SourceFile } from './source.ts';

/** Files that something else starts: the runner, the stack (each function's handler), npm's
 * scripts, whoever imports the package, the page that loads the console, and the bench and the
 * demo, whose servers and services are programs that they name. */
function isEntry(file: SourceFile, named: string): boolean {
  const { path } = file;
  if (path.endsWith('.test.ts') || !path.includes('/') || isIn(path, 'bench', 'demo')) return true;
  if (path === 'console/main.tsx') return true;
  const compiled = `./dist/${path.replace(/\.ts$/, '.js')}`;
  return named.includes(`node ${path}`) || named.includes(compiled) || isHandler(file);
}

const manifests = ['package.json', 'client/package.json', 'cdk.json'];

export const noDeadFiles: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const texts = manifests.map((path) => byPath.get(path)?.text ?? '');
  const reached = new Set<string>();
  const pending = files.filter((file) => isEntry(file, texts.join('\n')));
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file.path)) continue;
    reached.add(file.path);
    for (const { from } of file.imports) {
      const next = byPath.get(from);
      if (next !== undefined) pending.push(next);
    }
  }
  return files
    .filter(({ path }) => isTypeScript(path) && isIn(path, ...rooms) && !reached.has(path))
    .map(({ path }) => `${path}: no program and no test reaches it: use it or remove it`);
};
