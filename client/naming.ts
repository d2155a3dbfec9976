// Errors by Kafka's names, which users know, where the engine's codes say less than what was asked.

import { SluiceError } from './errors.ts';

/** By code, else by the field that the message names before its colon: Kafka's name. */
export type Names = Readonly<Record<string | number, string>>;

/** Says what an error is called in Kafka, as a handler of what was asked.
 * @throws SluiceError, by its name; another as it is. */
export function naming(names: Names): (error: unknown) => never {
  return (error) => {
    throw named(error, names);
  };
}

function named(error: unknown, names: Names): unknown {
  if (!(error instanceof SluiceError)) return error;
  const [field = ''] = error.message.split(/[[.:]/, 1);
  const type = names[error.code] ?? (error.code === 40002 ? names[field] : undefined);
  return type === undefined ? error : error.as({ type });
}
