// Why something was not delivered, in words that may be told.

/** Longer than any name that AWS gives an error. A function names its own. */
const nameLengthMax = 100;

/** The name of an error, never its message: that may hold a payload, an ARN, or parts of a request.
 * Cut, and printable ASCII alone: whoever chose it may have written anything, and reasons go to
 * logs, headers and records. */
export function plainName(name: string): string {
  return name.slice(0, nameLengthMax).replaceAll(/[^\x20-\x7e]/g, '?');
}
