// The engine of the sale, as a process of its own: so it can be killed, and started again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderVariable, serviceNames } from './services/ledger.ts';

export type SaleEngine = {
  /** Without a slash at the end; the same after it was killed. */
  readonly url: string;
  /** Resolves when it listens again. */
  readonly killAndRestart: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** @param folder where its data and the services' ledgers are. */
export async function startEngine(folder: string): Promise<SaleEngine> {
  let child = await start(folder, '0');
  const { url } = child;
  const port = new URL(url).port;
  return {
    url,
    killAndRestart: async () => {
      await end(child.process, 'SIGKILL');
      child = await start(folder, port);
    },
    stop: () => end(child.process, 'SIGTERM'),
  };
}

async function start(
  folder: string,
  port: string,
): Promise<{ process: ChildProcess; url: string }> {
  const functions = serviceNames
    .map((name) => `${name}=${pathOf(`services/${name}.ts`)}`)
    .join(',');
  const words = ['--data', join(folder, 'data'), '--port', port, '--functions', functions];
  const child = spawn(process.execPath, [pathOf('../local/main.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [folderVariable]: folder },
  });
  const ended = once(child, 'close').then(() => Promise.reject(new Error('the engine ended')));
  const greeted = once(child.stdout.setEncoding('utf8'), 'data');
  const [greeting] = await Promise.race([greeted, ended]);
  ended.catch(() => undefined);
  const [url = ''] = /http:\/\/\S+/.exec(String(greeting)) ?? [];
  return { process: child, url };
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const ended = once(child, 'close');
  child.kill(signal);
  await ended;
}
