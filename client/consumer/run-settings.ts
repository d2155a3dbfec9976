// What `run` may be told, and what it does when it is told nothing.

import { partitionsPerGroupMax } from '../../shared/limits.ts';
import { invalid } from '../errors.ts';
import { within } from '../within.ts';
import type { AssignmentSettings } from './assignment.ts';
import type { ConsumerRunConfig } from './messages.ts';
import type { ConsumerSettings } from './options.ts';
import type { Handler } from './worker.ts';

export type RunSettings = {
  readonly settings: AssignmentSettings;
  readonly handler: Handler;
  readonly workers: number;
};

/** @throws SluiceError that names the option. */
export function runSettings(
  settings: ConsumerSettings,
  config: ConsumerRunConfig,
  fromBeginning: boolean,
): RunSettings {
  const { autoCommit = true, autoCommitInterval, autoCommitThreshold } = config;
  return {
    settings: {
      ...settings,
      autoCommit,
      commitMillis: within('autoCommitInterval', autoCommitInterval ?? 5_000, { min: 1 }),
      commitMessages: autoCommit
        ? within('autoCommitThreshold', autoCommitThreshold ?? Number.POSITIVE_INFINITY, { min: 1 })
        : Number.POSITIVE_INFINITY,
      beginsAtEnd: !fromBeginning,
    },
    handler: handlerOf(config),
    // More have nothing to do.
    workers: Math.min(
      within('partitionsConsumedConcurrently', config.partitionsConsumedConcurrently ?? 1, {
        min: 1,
      }),
      partitionsPerGroupMax,
    ),
  };
}

function handlerOf({ eachMessage, eachBatch, eachBatchAutoResolve }: ConsumerRunConfig): Handler {
  if (eachBatch !== undefined && eachMessage === undefined) {
    return { eachBatch, autoResolve: eachBatchAutoResolve ?? true };
  }
  if (eachMessage !== undefined && eachBatch === undefined) return { eachMessage };
  throw invalid('eachMessage', 'either it or eachBatch must be there');
}
