// Child processes under load, and what they report of themselves.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Report } from './reporting.ts';

export type Server = {
  readonly port: number;
  readonly report: () => Promise<Report>;
  readonly stop: () => Promise<void>;
};

/** @param file beside this one. */
export async function startServer(file: string, directory: string): Promise<Server> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, [directory], { stdio: 'inherit' });
  const { port } = await nextReport(child);
  return {
    port,
    report: () => {
      const report = nextReport(child);
      child.send('report');
      return report;
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function nextReport(child: ChildProcess): Promise<Report> {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('the server ended');
  });
  try {
    const [report] = await Promise.race([once(child, 'message', { signal }), ended]);
    return report as Report;
  } finally {
    ended.catch(() => undefined);
    settled.abort();
  }
}
