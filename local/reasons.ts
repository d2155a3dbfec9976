// Why a program fails, for people.

/** With what is behind it: a region or a role that is missing is for people to mend. */
export function reasonOf(error: Error): string {
  let first = error;
  while (first.cause instanceof Error) first = first.cause;
  return first === error ? error.message : `${error.message} (${first.message})`;
}
