// Work on more things than there is a list of, so many at once: who is done takes the next, so that
// one that is slow keeps none waiting. Nothing of it is under way any more once it fails.

/** @param things may come to an end before they are all gone through, and change meanwhile.
 * @throws what the first that failed has thrown. */
export async function inLanes<Of>(
  things: Iterable<Of>,
  lanes: number,
  work: (thing: Of) => Promise<unknown>,
): Promise<void> {
  const left = things[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    try {
      for (let next = left.next(); !next.done; next = left.next()) {
        await work(next.value);
        if (failures.length > 0) return;
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
}
