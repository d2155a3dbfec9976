// W3C Trace Context: which trace a request, and so its records, belong to. What has not the form is
// as if it were not there, as the recommendation says: a trace is nobody's reason to be refused.
//
//     traceparent   version - trace id - parent id - flags, in hexadecimal: 55 characters
//     tracestate    what tracing systems add to it; it is nothing without a traceparent
//
// Source: W3C, "Trace Context", 3.2 and 3.3.

export const traceparentName = 'traceparent';
export const tracestateName = 'tracestate';

export type TraceContext = { readonly traceparent: string; readonly tracestate?: string };

/** Ids of zeros alone, and version ff, are none. */
const traceparentForm = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** As much as everybody must pass on, in printable ASCII. */
const tracestateForm = /^[\x20-\x7e]{1,512}$/;

/** @returns undefined: it says of no trace. */
export function traceContext(
  traceparent: string | undefined,
  tracestate: string | undefined,
): TraceContext | undefined {
  if (traceparent === undefined || !traceparentForm.test(traceparent)) return undefined;
  if (tracestate === undefined || !tracestateForm.test(tracestate)) return { traceparent };
  return { traceparent, tracestate };
}

/** 32 hexadecimal digits. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparentForm.exec(traceparent ?? '')?.[1];
}
