// What an engine that is started delivers to, and what it takes in: named by who starts it.

export type TriggerOptions = {
  /** Files of modules that export `handler`, by the function's name. */
  readonly functions: ReadonlyMap<string, string>;
  /** Topics, by the folder whose files become their records. */
  readonly folders: ReadonlyMap<string, string>;
  /** URL of SQS, or of an emulator; undefined: there are no queues. */
  readonly sqsEndpoint: string | undefined;
};

export const noTriggers: TriggerOptions = {
  functions: new Map(),
  folders: new Map(),
  sqsEndpoint: undefined,
};

/** @param text `NAME=VALUE,...`; a name is all before the first `=`.
 * @param meant the same of two names that mean one thing.
 * @throws Error that names the flag. */
export function pairsOf(
  flag: string,
  text = '',
  meant = (name: string): string => name,
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const all = new Set<string>();
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [, name, value] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined || all.has(meant(name))) {
      throw new Error(`--${flag} must be NAME=VALUE,... with each name once, not ${part}`);
    }
    pairs.set(name, value);
    all.add(meant(name));
  }
  return pairs;
}
