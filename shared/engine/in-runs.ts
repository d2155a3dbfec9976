// Work on many things, so many at once: a request with ten thousand partitions does not begin ten
// thousand calls.

/** @returns the answers, in order. */
export async function inRuns<Of, Answer>(
  things: readonly Of[],
  most: number,
  work: (thing: Of) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < things.length; at += most) {
    answers.push(...(await Promise.all(things.slice(at, at + most).map(work))));
  }
  return answers;
}
