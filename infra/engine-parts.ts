// What every part of an engine is made with: its two stores, and what was set about it.

import type { Settings } from './settings.ts';
import type { EngineTable } from './stores/engine-table.ts';
import type { SegmentBucket } from './stores/segment-bucket.ts';

export interface EngineParts {
  readonly table: EngineTable;
  readonly segments: SegmentBucket;
  readonly settings: Settings;
}
