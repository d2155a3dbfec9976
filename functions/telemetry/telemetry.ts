// A function's way of telling: a line of its log for each request or run, and a subsegment of those
// that are traced. What fails of it fails nobody.

import type { Chance } from '../../shared/engine/environment.ts';
import type { Told } from '../../shared/told.ts';
import { type ToldWhere, toldLine } from './told-line.ts';
import { traceDaemon } from './trace-daemon.ts';
import { sampledTrace, traceSegment } from './trace-segment.ts';

export type TelemetryParts = {
  readonly engine: string;
  /** Of a line, as it is: what the runtime makes of console's lines is no embedded metric. */
  readonly write: (line: string) => void;
  /** Of the invocation that is under way; undefined: it is not traced. */
  readonly traceHeader: () => string | undefined;
  /** Of X-Ray's daemon; undefined: the function is not traced. */
  readonly daemonAddress: string | undefined;
  readonly chance: Chance;
  readonly onFault: (error: unknown) => void;
};

/** Resolves when all that was told has left the process. */
export type Tell = (told: Told, ids: Omit<ToldWhere, 'engine'>) => Promise<void>;

export function telemetry(parts: TelemetryParts): Tell {
  const { engine, daemonAddress, chance } = parts;
  const send = daemonAddress === undefined ? undefined : traceDaemon(daemonAddress);
  return async (told, ids) => {
    try {
      parts.write(`${toldLine(told, { ...ids, engine })}\n`);
      const trace = send && sampledTrace(parts.traceHeader());
      if (trace !== undefined) await send?.(traceSegment(told, trace, chance.bytes(8)));
    } catch (error) {
      parts.onFault(error);
    }
  };
}
