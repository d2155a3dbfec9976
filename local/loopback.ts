// This machine's names for itself.

import { isIPv4 } from 'node:net';

/** As a URL or a Host header has them. */

export const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether who listens on it is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return loopbackNames.has(host) || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
