// Work on many things, so many at once: a request with thousands of partitions does not begin
// thousands of calls. Nothing of it is under way any more once it fails.

/** @returns the answers, in order. @throws what the first that failed has thrown. */
export async function inRuns<Of, Answer>(
  things: readonly Of[],
  most: number,
  work: (thing: Of) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < things.length; at += most) {
    const settled = await Promise.allSettled(things.slice(at, at + most).map(work));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      answers.push(one.value);
    }
  }
  return answers;
}
