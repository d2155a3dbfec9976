// What processes that were killed have left of their segments, those that no ref names too, looked
// at when none runs.

import { expect } from 'vitest';
import { openFileObjects } from '../../local/file-objects.ts';
import { segmentsPrefix } from '../../shared/contract.ts';
import { objectsDeleteMax } from '../../shared/limits.ts';
import { crc32c } from '../../shared/record/crc32c.ts';
import { readFooter } from '../../shared/segment/footer.ts';
import type { ListedObject, Objects } from '../../shared/store/objects.ts';

/** Every object has its footer, which says what is before it. */
export async function expectWholeSegments(directory: string): Promise<void> {
  const objects = openFileObjects({ directory });
  const listed = await listAll(objects);
  expect(listed.length).toBeGreaterThan(0);
  for (const { key, length } of listed) {
    const bytes = (await objects.read({ key, position: 0, length })) ?? new Uint8Array();
    const read = readFooter(bytes, length);
    if (read.kind !== 'footer') expect.fail(`${key}: ${read.kind}`);
    for (const entry of read.entries) {
      const own = bytes.subarray(entry.position, entry.position + entry.length);
      if (crc32c(own) !== entry.crc32c) expect.fail(`${key}: the CRC of ${entry.position}`);
    }
  }
}

async function listAll(objects: Objects): Promise<readonly ListedObject[]> {
  const all: ListedObject[] = [];
  for (;;) {
    const after = all.at(-1)?.key;
    const page = { prefix: segmentsPrefix, limit: objectsDeleteMax };
    const listed = await objects.list({ ...page, ...(after !== undefined && { after }) });
    all.push(...listed);
    if (listed.length < page.limit) return all;
  }
}
