// What a price takes the stack to be (price/stack.ts) is what a template shows.

import { expect, test } from 'vitest';
import { alarms, memoryGigabytes, runsPerDay, traced } from '../../price/stack.ts';
import { engineResources, handlerOf, ofType } from './template.ts';
import { alarmsIn, metricsOf } from './watch/every-alarm.ts';

const resources = engineResources();

test('alarms that look at as many metrics', () => {
  expect(alarmsIn(resources).flatMap(([, alarm]) => metricsOf(alarm))).toHaveLength(alarms);
});

test('the same clocks', () => {
  const runs = ofType(resources, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => {
    const [, minutes] = /^rate\((\d+) minutes\)$/.exec(Properties['ScheduleExpression']) ?? [];
    return (24 * 60) / Number(minutes);
  });
  expect(runs.toSorted()).toEqual(Object.values(runsPerDay).toSorted());
});

test('functions that are traced', () => {
  const functions = ofType(resources, 'AWS::Lambda::Function').map(([, of]) => of.Properties);
  expect(new Set(functions.map(({ TracingConfig: { Mode } }) => Mode))).toEqual(
    new Set(['Active']),
  );
  // Of two a second one, and of the others one in twenty.
  expect(traced(200, 100)).toBe(105);
  expect(traced(7, 100)).toBe(7);
});

test('functions of the same memory', () => {
  const ofTheEngine = ofType(resources, 'AWS::Lambda::Function').flatMap(([, resource]) => {
    const name = handlerOf(resource);
    return name === undefined ? [] : [[name, resource.Properties['MemorySize'] / 1_024] as const];
  });
  expect(ofTheEngine.length).toBeGreaterThan(8);
  const sizes: Readonly<Record<string, number>> = memoryGigabytes;
  for (const [name, gigabytes] of ofTheEngine) {
    expect([name, gigabytes]).toEqual([name, sizes[name] ?? memoryGigabytes.default]);
  }
});
