// The settings that subscriptions of the simulation are made with, and changed to.

import type { SubscriptionSettings, Target } from '../../../shared/delivery/subscription.ts';
import type { SimulatedWorld } from '../world.ts';
import { patternOf } from './filters.ts';
import { type SettingsMenu, wholeMenu } from './trigger-knobs.ts';

export const deadLetterTopic = 'dead';

export function drawSettings(world: SimulatedWorld): SubscriptionSettings {
  const menu = world.knobs.triggers?.menu ?? wholeMenu;
  const pick = <Name extends keyof SettingsMenu>(name: Name) =>
    world.pick<SettingsMenu[Name][number]>(menu[name]);
  const filter = pick('filter');
  const attemptsMax = pick('attemptsMax');
  const ageMillisMax = attemptsMax === undefined ? undefined : pick('ageMillisMax');
  const deliveriesMax = pick('deliveriesMax');
  const recordsPerSecondMax = pick('recordsPerSecondMax');
  return {
    batchRecordsMax: pick('batchRecordsMax'),
    batchBytesMax: pick('batchBytesMax'),
    batchWindowMillis: pick('batchWindowMillis'),
    ...(filter === undefined ? {} : { filter: patternOf(filter) }),
    ...(attemptsMax === undefined ? {} : { attemptsMax, deadLetterTopic }),
    ...(ageMillisMax === undefined ? {} : { ageMillisMax }),
    retryMillisMin: 100,
    retryMillisMax: pick('retryMillisMax'),
    bisects: pick('bisects'),
    ...(deliveriesMax === undefined ? {} : { deliveriesMax }),
    ...(recordsPerSecondMax === undefined ? {} : { recordsPerSecondMax }),
    timeoutMillis: pick('timeoutMillis'),
  };
}

/** @param receiver no two creations have the same one. */
export function drawTarget(world: SimulatedWorld, receiver: string): Target {
  switch (world.pick(world.knobs.triggers?.menu.kind ?? wholeMenu.kind)) {
    case 'lambda':
      return { kind: 'lambda', function: receiver };
    case 'sqs':
      return { kind: 'sqs', queueUrl: world.draw(1) === 0 ? receiver : `${receiver}.fifo` };
    case 'https':
      return { kind: 'https', url: `https://${receiver}`, secrets: ['s'] };
  }
}

/** By what the receiver is known. */
export function receiverOf(target: Target): string {
  switch (target.kind) {
    case 'lambda':
      return target.function;
    case 'sqs':
      return target.queueUrl.replace('.fifo', '');
    case 'https':
      return target.url.replace('https://', '');
  }
}
