// What `npm run fsck` may be told.

import {
  type Environment,
  type Flags,
  type Given,
  isTrue,
  type ReadFlags,
  readFlags,
} from './flags.ts';
import { type StoreOptions, storeFlags, storesOf } from './options.ts';

export type FsckOptions = {
  readonly stores: StoreOptions;
  /** undefined: all. */
  readonly topic: string | undefined;
  readonly depth: 'quick' | 'deep';
  readonly repairs: boolean;
  /** Whether it answers by a JSON document. */
  readonly isJson: boolean;
};

const flags = {
  ...storeFlags,
  topic: { value: 'NAME', help: 'look at that topic alone, and not for what is of none' },
  deep: { help: 'read all bytes, and check every CRC' },
  repair: { help: 'mend what can be mended for certain, and look again' },
  json: { help: 'answer by a JSON document' },
} as const satisfies Flags<string>;

/** @param parameters what follows the program's name.
 * @param program how it was called. */
export function readFsckOptions(
  parameters: readonly string[],
  environment: Environment,
  program = 'npm run fsck --',
): ReadFlags<FsckOptions> {
  return readFlags({ program, flags }, { parameters, environment }, optionsOf);
}

function optionsOf(given: Given<keyof typeof flags>): FsckOptions {
  return {
    stores: storesOf(given),
    topic: given('topic'),
    depth: isTrue(given('deep')) ? 'deep' : 'quick',
    repairs: isTrue(given('repair')),
    isJson: isTrue(given('json')),
  };
}
