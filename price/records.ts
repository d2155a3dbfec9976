// Values of records that zstd makes as much smaller as a workload says: so large a share of them is
// drawn by chance, and the rest is zeros.

import { seededChance } from '../test/world/seeded-chance.ts';
import type { Workload } from './workload.ts';

/** As many as a request has, so that none is twice in a batch.
 * @returns each in base64. */
export function recordTexts({
  records,
  recordBytes,
  compression,
}: Pick<Workload, 'records' | 'recordBytes' | 'compression'>): readonly string[] {
  const chance = seededChance(7);
  return Array.from({ length: records }, () => {
    const value = Buffer.alloc(recordBytes);
    value.set(chance.bytes(Math.round(recordBytes / compression)));
    return value.toString('base64');
  });
}
