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
 * @throws Error that names the flag. */
export function pairsOf(flag: string, text = ''): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [, name, value] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined || pairs.has(name)) {
      throw new Error(`--${flag} must be NAME=VALUE,... with each name once, not ${part}`);
    }
    pairs.set(name, value);
  }
  return pairs;
}
