// Deleting all items of a range, page by page. Whoever is cut off has deleted some of them, and the
// next who is asked goes on with the rest.

import type { Range } from '../../store/table.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { repeatable, repeatableWrite } from '../retry.ts';

/** A few hundred kilobytes of chunks. */
const itemsPerPage = 512;
/** A partition key takes a thousand writes a second, and one takes some milliseconds. */
const deletesInFlight = 4;

/** For items that nobody puts any more. @returns how many there were.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: some are deleted */
export async function clearItems(
  engine: Engine,
  call: Call,
  range: Pick<Range, 'pk' | 'from' | 'to'>,
): Promise<number> {
  for (let cleared = 0; ; ) {
    const query = { ...range, limit: itemsPerPage, strong: true };
    const page = await repeatable(engine, call, () => call.table.query(query));
    await inRuns(page, deletesInFlight, ({ pk, sk }) => {
      return repeatableWrite(engine, call, { delete: { pk, sk } });
    });
    cleared += page.length;
    if (page.length < itemsPerPage) return cleared;
  }
}
