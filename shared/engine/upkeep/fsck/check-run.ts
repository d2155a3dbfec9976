// What one run of a check looks with, and what it has noted so far.

import type { SegmentId } from '../../../ids.ts';
import type { Call, Engine } from '../../engine.ts';
import { StoredObjects } from './stored-objects.ts';

export type CheckRun = {
  readonly engine: Engine;
  readonly call: Call;
  /** Whether bytes are read. */
  readonly isDeep: boolean;
  readonly objects: StoredObjects;
  /** By any ref. */
  readonly named: Set<SegmentId>;
  /** Their footers. */
  readonly unreadable: Set<SegmentId>;
};

export function newCheckRun(engine: Engine, call: Call, isDeep: boolean): CheckRun {
  return {
    engine,
    call,
    isDeep,
    objects: new StoredObjects(engine, call),
    named: new Set(),
    unreadable: new Set(),
  };
}
