// The program that `npm start` runs, as a process of its own that a test may end as it likes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type Signal = 'SIGTERM' | 'SIGINT' | 'SIGKILL';

export type ChildEngine = {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** The first that it says. */
  readonly greeting: string;
  /** The status it ended with, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** One that has ended already stays as it is.
   * @returns `ended`. */
  readonly kill: (signal: Signal) => Promise<number | string>;
};

const program = fileURLToPath(new URL('../../local/main.ts', import.meta.url));

/** On a free port, with its own data.
 * @throws Error with what it says on its standard error, and its status, when it ends at once. */
export async function startChildEngine(
  directory: string,
  ...more: readonly string[]
): Promise<ChildEngine> {
  const words = [program, '--data', directory, '--port', '0', ...more];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close').then(([status, signal]): number | string => signal ?? status);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    complaint += said;
  });
  const greeted = once(child.stdout.setEncoding('utf8'), 'data').then(([said]) => String(said));
  const greeting = await Promise.race([
    greeted,
    ended.then((status) => Promise.reject(new Error(`${complaint}(status ${status})`))),
  ]);
  const [url = ''] = /http:\/\/\S+/.exec(greeting) ?? [];
  const kill = (signal: Signal) => {
    child.kill(signal);
    return ended;
  };
  return { url, greeting, ended, kill };
}
