// What a program may be told, by flags or by their twins in the environment; a flag wins, and a
// twin that is empty says nothing.

import { parseArgs } from 'node:util';

export type FlagSpec = {
  /** In the environment; absent: it is of one run, and has none. */
  readonly twin?: string;
  /** What its value is called; absent: it has none. */
  readonly value?: string;
  readonly help: string;
};

export type Flags<Flag extends string> = Readonly<Record<Flag, FlagSpec>>;

export type Environment = { readonly [name: string]: string | undefined };

/** What was said of a flag. */
export type Given<Flag extends string> = (flag: Flag) => string | undefined;

export type ReadFlags<Options> =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'fault'; readonly text: string };

/** @param program how it is called, for its help.
 * @param parameters what follows the program's name.
 * @param optionsOf throws an Error that says what is wrong with what is given. */
export function readFlags<Flag extends string, Options>(
  { program, flags }: { readonly program: string; readonly flags: Flags<Flag> },
  { parameters, environment }: Words,
  optionsOf: (given: Given<Flag>) => Options,
): ReadFlags<Options> {
  try {
    const { values } = parseArgs({ args: [...parameters], options: parserOptions(flags) });
    if (values['help']) return { kind: 'help', text: helpText(program, flags) };
    const given = (flag: Flag): string | undefined => {
      const value = values[flag];
      // An empty host would be every address of the machine.
      if (value === '') throw new Error(`--${flag} must not be empty`);
      if (value !== undefined) return String(value);
      const { twin } = flags[flag];
      return (twin === undefined ? undefined : environment[twin]) || undefined;
    };
    return { kind: 'options', options: optionsOf(given) };
  } catch (error) {
    return { kind: 'fault', text: error instanceof Error ? error.message : String(error) };
  }
}

export type Words = { readonly parameters: readonly string[]; readonly environment: Environment };

/** Of a flag without a value. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && !['0', 'false', 'no'].includes(text.toLowerCase());
}

function parserOptions(flags: Flags<string>): Record<string, { type: 'boolean' | 'string' }> {
  const typed = Object.entries(flags).map(
    ([flag, { value }]) => [flag, { type: value === undefined ? 'boolean' : 'string' }] as const,
  );
  return { ...Object.fromEntries(typed), help: { type: 'boolean' } };
}

function helpText(program: string, flags: Flags<string>): string {
  const lines = Object.entries(flags).map(([flag, { value, help, twin }]) => {
    const usage = value === undefined ? `--${flag}` : `--${flag} ${value}`;
    return `  ${usage.padEnd(30)}${help}${twin === undefined ? '' : ` (${twin})`}`;
  });
  return [`${program} [flags]`, '', ...lines].join('\n');
}
