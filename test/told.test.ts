// What is told of a request or a run: how it ended, and its metrics.

import { describe, expect, test } from 'vitest';
import { EngineError } from '../shared/errors.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { measuresOf } from '../shared/measures.ts';
import { metrics } from '../shared/metric-names.ts';
import { newTally, type Tally, toldOf } from '../shared/told.ts';

function ended({
  tally = {},
  ...more
}: {
  tally?: Partial<Tally>;
  error?: unknown;
  operations?: Record<string, number>;
  status?: number;
}) {
  const { error, operations = {}, status } = more;
  return toldOf({
    operation: 'send',
    startedAt: 1_000 as EpochMillis,
    endedAt: 3_500 as EpochMillis,
    tally: { ...newTally(), ...tally },
    operations,
    error,
    ...(status !== undefined && { request: { route: 'POST /topics/:topic', status } }),
  });
}

function metricsOf(...[what]: Parameters<typeof ended>) {
  return Object.fromEntries(measuresOf(ended(what)).map(({ name, values }) => [name, values]));
}

describe('how it ended', () => {
  const error = (code: ConstructorParameters<typeof EngineError>[0]) => new EngineError(code, 'x');

  test.each([
    [undefined, 200, 'ok', undefined],
    [undefined, 405, 'refused', undefined],
    [error('UNKNOWN_TOPIC'), 404, 'refused', 'UNKNOWN_TOPIC'],
    [error('THROTTLED'), 429, 'retriable', 'THROTTLED'],
    [error('OUTCOME_UNKNOWN'), 503, 'unknown', 'OUTCOME_UNKNOWN'],
    [error('DAMAGED'), 500, 'damaged', 'DAMAGED'],
    [new TypeError('x'), 500, 'fault', undefined],
    ['thrown by somebody', 500, 'fault', undefined],
  ])('by %s, with %i, is %s', (thrown, status, outcome, errorCode) => {
    expect(ended({ error: thrown, status })).toMatchObject({
      outcome,
      ...(errorCode && { errorCode }),
    });
  });

  test('is how a part of it did, if it was answered all the same', () => {
    const failure = error('UNAVAILABLE');
    expect(ended({ tally: { failure } })).toMatchObject({ outcome: 'retriable' });
    const both = { error: error('OUTCOME_UNKNOWN'), tally: { failure } };
    expect(ended(both)).toMatchObject({ outcome: 'unknown' });
    expect(ended({ tally: { failure } }).did).not.toHaveProperty('failure');
  });
});

describe('its metrics', () => {
  test('are its time alone if it did nothing', () => {
    expect(metricsOf({})).toEqual({ 'messaging.client.operation.duration': [2.5] });
  });

  test('leave out the time that its caller wanted to wait', () => {
    const waited = metricsOf({ tally: { waitedMillis: 2_000 } });
    expect(waited).toEqual({ 'messaging.client.operation.duration': [0.5] });
  });

  test('count no refusal as a failure, and each failure once', () => {
    const refused = metricsOf({ error: new EngineError('UNKNOWN_TOPIC', 'x') });
    expect(refused).not.toHaveProperty('sluice.failures');
    const damaged = metricsOf({ error: new EngineError('DAMAGED', 'x') });
    expect(damaged).toMatchObject({ 'sluice.failures': [1], 'sluice.damage': [1] });
  });

  test('tell of a sweep that left nothing, too', () => {
    const swept = metricsOf({ tally: { leftObjects: 0, deletedBytes: 0, backlog: 0 } });
    expect(swept).toMatchObject({ 'sluice.sweep.left.objects': [0], 'sluice.merge.backlog': [0] });
  });

  test('are all that have a name', () => {
    const all = metricsOf({
      error: new EngineError('DAMAGED', 'x'),
      operations: { objectThrottles: 1, tableThrottles: 2 },
      tally: {
        sentMessages: 3,
        consumedMessages: 4,
        processMillis: [5, 6],
        ageMillis: 7,
        rebalances: 8,
        damagedPartitions: 9,
        backlog: 10,
        deletedBytes: 11,
        leftObjects: 12,
      },
    });
    expect(Object.keys(all).sort()).toEqual(Object.keys(metrics).sort());
    expect(all).toMatchObject({
      'messaging.process.duration': [0.005, 0.006],
      group_max_lag_seconds: [0.007],
      'sluice.damage': [10],
    });
  });
});
