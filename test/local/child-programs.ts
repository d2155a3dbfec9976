// The programs that `npm run fsck` and `npm run keys` run, each as a process of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

function programOf(script: 'fsck' | 'keys'): string {
  return fileURLToPath(new URL(`../../local/${script}.ts`, import.meta.url));
}

export type Said = { readonly status: number; readonly out: string; readonly complaint: string };

export function runFsck(...words: readonly string[]): Promise<Said> {
  return run('fsck', words);
}

export function runKeys(...words: readonly string[]): Promise<Said> {
  return run('keys', words);
}

async function run(script: 'fsck' | 'keys', words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [programOf(script), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', complaint: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.complaint += text;
  });
  const [status] = await once(child, 'close');
  return { ...said, status: Number(status) };
}

/** As where its output goes nowhere. @returns what it ends with. */
export async function runFsckUnheard(...words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [programOf('fsck'), ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.destroy();
  const [status] = await once(child, 'close');
  return Number(status);
}
