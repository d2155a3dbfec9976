// How long a target asks to be left alone: the header Retry-After, whoever sends it. Nothing here
// bounds it: who waits does, by the subscription's longest pause.
//
// Source: RFC 9110, 10.2.3.

/** The one form of a date that may still be sent. Date.parse alone takes almost anything, and
 * some of it in the machine's own time zone. */
const dateForm = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** @param text the header's value: seconds, or a date.
 * @param now milliseconds since 1970; absent: a date is not read.
 * @returns 0 or more, infinity too; undefined: it says neither. */
export function retryAfterMillis(text: string, now?: number): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  if (now === undefined || !dateForm.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
