// A log is not kept small, or not swept. None of it is urgent: records are appended and read as
// before, and what was not done is done later; but storage grows, and old parts of a log are read
// more slowly.

import { Duration } from 'aws-cdk-lib';
import { collectIntervalMillis, upkeepIntervalMillis } from '../../shared/housekeeping-limits.ts';
import { type AlarmPlan, failing, maximum, setAside, stopped } from './alarm-plan.ts';
import type { Watched } from './watched.ts';

/** The stream keeps a day. */
const streamAge = Duration.hours(3);
const upkeepInterval = Duration.millis(upkeepIntervalMillis);
const collectInterval = Duration.millis(collectIntervalMillis);

export function housekeepingAlarms({ housekeeping, engine }: Watched): readonly AlarmPlan[] {
  const { upkeep, collect, deadLetters } = housekeeping;
  return [
    setAside('RollsUntold', deadLetters, 'partitions could not be looked after in three tries'),
    {
      id: 'StreamBehind',
      isEssential: true,
      means: 'the function upkeep is hours behind the stream of the table, which keeps a day',
      metric: upkeep.function.metric('IteratorAge', maximum),
      threshold: streamAge.toMilliseconds(),
      periods: 3,
    },
    { ...failing(upkeep), isEssential: true, article: 'UpkeepFails' },
    { ...failing(collect), isEssential: true, article: 'CollectFails' },
    {
      id: 'MergeBacklog',
      means: 'the function upkeep has had no time for all partitions for six hours',
      metric: engine.metric('sluice.merge.backlog', { period: upkeepInterval }),
      threshold: 1,
      periods: 6,
    },
    {
      id: 'SweepLeaves',
      means: 'two sweeps have left objects that nothing names, and could not judge them',
      metric: engine.metric('sluice.sweep.left.objects', { period: collectInterval }),
      threshold: 1,
      periods: 2,
    },
    stopped(upkeep, { every: upkeepInterval, intervals: 3 }),
    stopped(collect, { every: collectInterval, intervals: 3 }),
  ];
}
