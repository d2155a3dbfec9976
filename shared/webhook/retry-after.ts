// How long a receiver asks to be left alone. Source: RFC 9110, 10.2.3.

/** A receiver that asks for more, by mistake or on purpose, does not stop its deliveries for
 * longer. */
export const retryAfterMillisMax = 24 * 60 * 60 * 1_000;

/** The one form of a date that may still be sent. Date.parse alone takes almost anything, and
 * some of it in the machine's own time zone. */
const dateForm = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** @param text the header's value: seconds, or a date. @param now milliseconds since 1970.
 * @returns 0 to retryAfterMillisMax; undefined when it says neither. */
export function retryAfterMillis(text: string, now: number): number | undefined {
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, retryAfterMillisMax);
  const at = dateForm.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(at - now, 0), retryAfterMillisMax);
}
