// A ref of which compaction has left nothing: that is known without its bytes.

import { batchHeaderBytes } from '../record/batch-header.ts';
import type { Ref } from './ref.ts';

/** What is left is a batch without records, which is a header that covers the offsets. */
export function isEmptied({ length }: Ref): boolean {
  return length === batchHeaderBytes;
}
