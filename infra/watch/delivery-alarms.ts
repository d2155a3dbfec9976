// Records do not reach those who wait for them. None is lost: each stays where it is in its topic,
// and the sweep finds what nobody was woken for.

import { Duration } from 'aws-cdk-lib';
import { sweepInterval } from '../triggers/triggers.ts';
import { type AlarmPlan, failing, maximum, setAside, stopped } from './alarm-plan.ts';
import type { Alarms } from './alarms.ts';
import type { Watched } from './watched.ts';

/** A worker's turn ends within five minutes, and every five the sweep wakes others. */
const wakeUpAge = Duration.minutes(15);
/** Of five minutes, for half an hour: a change every ten seconds. A group at rest has none, and one
 * that grows has some minutes of them. */
const rebalances = 30;

export function deliveryAlarms(
  { engine, triggers }: Watched,
  { lag }: Alarms,
): readonly AlarmPlan[] {
  const { route, worker, sweep, wakeUps, unrouted } = triggers;
  const { delayedDeadLetters: delayed } = wakeUps;
  return [
    {
      id: 'GroupBehind',
      isEssential: true,
      means: `a group or a subscription is ${lag.toHumanString()} behind or more`,
      metric: engine.metric('group_max_lag_seconds'),
      threshold: lag.toSeconds(),
      periods: 3,
    },
    {
      id: 'RouterBehind',
      isEssential: true,
      means: 'appends have waited minutes to be told to subscriptions for a quarter of an hour',
      metric: route.function.metric('IteratorAge', maximum),
      threshold: sweepInterval.toMilliseconds(),
      periods: 3,
    },
    {
      id: 'WakeUpsWait',
      means: `wake-ups have waited ${wakeUpAge.toHumanString()} for a worker`,
      metric: wakeUps.queue.metricApproximateAgeOfOldestMessage(maximum),
      threshold: wakeUpAge.toSeconds(),
      periods: 3,
    },
    setAside(
      'AppendsUnrouted',
      unrouted,
      'appends could not be told to subscriptions in ten tries',
    ),
    setAside('WakeUpsSetAside', wakeUps.deadLetters, 'wake-ups have failed five workers'),
    {
      ...setAside('DelayedSetAside', delayed, 'wake-ups that were put off could not be sent on'),
      article: 'WakeUpsSetAside',
    },
    {
      id: 'Rebalances',
      means: 'groups have changed their members every ten seconds for half an hour',
      metric: engine.metric('sluice.group.rebalances'),
      threshold: rebalances,
      periods: 6,
    },
    ...[route, worker, sweep].map(failing),
    stopped(sweep, { every: sweepInterval, intervals: 6 }),
  ];
}
