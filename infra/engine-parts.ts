// What every part of an engine is made with: its two stores, and what was set about it.

import type { EngineTable } from './engine-table.ts';
import type { SegmentBucket } from './segment-bucket.ts';
import type { Settings } from './settings.ts';

export interface EngineParts {
  readonly table: EngineTable;
  readonly segments: SegmentBucket;
  readonly settings: Settings;
}
