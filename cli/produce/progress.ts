// How far it is, on standard error: one line that is written over on a terminal, a line a second
// elsewhere. When nobody reads it, nothing more is said, and the work goes on.

import type { Clock } from '../../client/host.ts';
import type { Output } from '../terminal.ts';
import { counted } from '../texts.ts';

export type Done = {
  readonly messages: number;
  readonly bytes: number;
  /** undefined: nobody knows how much there will be. */
  readonly bytesInAll: number | undefined;
};

const millisBetween = { terminal: 200, file: 1_000 } as const;

/** @param look asked for each line.
 * @returns what ends it, with a last line. */
export function showProgress(
  output: Output,
  clock: Pick<Clock, 'now' | 'sleep'>,
  look: () => Done,
): () => Promise<void> {
  const startedAt = clock.now();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let isOver = false;
  let isHeard = true;
  const millis = output.isTerminal ? millisBetween.terminal : millisBetween.file;
  const write = async (isLast: boolean) => {
    const line = progressLine(look(), clock.now() - startedAt);
    const said = output.isTerminal ? `\r\u001b[K${line}${isLast ? '\n' : ''}` : `${line}\n`;
    await output.write(said).catch(() => {
      isHeard = false;
    });
  };
  const running = (async () => {
    while (!isOver && isHeard) {
      await clock.sleep(millis, ended);
      await write(isOver);
    }
  })();
  return async () => {
    isOver = true;
    end();
    await running;
  };
}

export function progressLine({ messages, bytes, bytesInAll }: Done, millis: number): string {
  const seconds = Math.max(millis, 1) / 1_000;
  const parts = [
    counted(messages, 'message'),
    `${Math.round(messages / seconds).toLocaleString('en-US')}/s`,
    `${(bytes / seconds / 1e6).toFixed(1)} MB/s`,
  ];
  if (bytesInAll !== undefined && bytesInAll > 0) {
    parts.push(`${Math.min(100, Math.floor((100 * bytes) / bytesInAll))} %`);
  }
  return parts.join('  ');
}
