// What a log holds: from where to where it may be read.

import { EngineError } from '../errors.ts';
import type { Head } from '../log/head.ts';

export type Bounds = {
  /** The first offset that may be read. */
  readonly logStart: number;
  /** The log end offset: all below it is committed. */
  readonly highWatermark: number;
};

export function boundsOf({ logStart, nextOffset }: Head): Bounds {
  return { logStart, highWatermark: nextOffset };
}

/** @param field where the request named it. */
export function offsetOutOfRange(
  { logStart, nextOffset }: Head,
  offset: number,
  field = 'offset',
): EngineError {
  const message = `offset ${offset} is out of range: the log holds ${logStart} to ${nextOffset}`;
  const detail = { field, logStart, highWatermark: nextOffset };
  return new EngineError('OFFSET_OUT_OF_RANGE', message, detail);
}
