// The console of an engine that has one: a page and its files, from a function of their own.
//
//     browser ──what the engine's callers say of themselves──> HTTP API ── console ── files
//
// It is in the function and not in the bucket: a deployment would have to upload it there, beside
// segments that a sweep deletes, and an HTTP API has no way to serve a bucket to callers whom it
// has asked who they are.

import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { consoleFunctionName } from '../shared/contract.ts';
import { EngineFunction } from './engine-function.ts';
import type { Settings } from './settings.ts';

/** MB, of which it holds a few. */
const memorySize = 256;
const timeout = Duration.seconds(5);

export class Console extends Construct {
  readonly function: EngineFunction;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    // Its role may write its log and send its traces, as any: there are no stores for it to reach.
    const name = consoleFunctionName;
    this.function = new EngineFunction(this, { ...settings, name, memorySize, timeout });
  }
}
