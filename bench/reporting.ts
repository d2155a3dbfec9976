// What a server under load tells about itself, from inside: its CPU, memory and store operations.

import type { Operations } from '../shared/store/counted.ts';

export type Report = {
  readonly port: number;
  readonly cpuMicros: number;
  readonly memoryPeakBytes: number;
  readonly operations: Operations | undefined;
};

/** Sends a report to the parent at once, and one for each message it sends. */
export function answerReports(port: number, operations: () => Operations | undefined): void {
  const send = () => {
    const { user, system } = process.cpuUsage();
    const report: Report = {
      port,
      cpuMicros: user + system,
      memoryPeakBytes: process.resourceUsage().maxRSS * 1024,
      operations: operations(),
    };
    process.send?.(report);
  };
  process.on('message', send);
  process.on('disconnect', () => process.exit(0));
  send();
}
