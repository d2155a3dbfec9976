// The trace that all records of a delivery are in, by their headers. Of records from several traces
// there is none: one of them would be named as the parent of work that is not its own, and whoever
// processes them links to each, by its header.
//
// Source: OpenTelemetry, "Semantic conventions for messaging spans", on spans that process batches.

import type { LogRecord } from '../record/record.ts';
import { traceContext, traceparentName } from '../trace-context.ts';

/** @returns a traceparent of the right form; undefined: none, or more than one. */
export function sharedTraceparent(records: readonly LogRecord[]): string | undefined {
  const [first, ...others] = records.map(traceparentIn);
  return others.every((other) => other === first) ? first : undefined;
}

function traceparentIn({ headers }: LogRecord): string | undefined {
  const header = headers.find(({ key }) => key === traceparentName);
  const said = header?.value && Buffer.from(header.value).toString('latin1');
  return traceContext(said ?? undefined, undefined)?.traceparent;
}
