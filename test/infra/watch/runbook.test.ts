// RUNBOOK.md and the stack: an alarm has its article, an article its alarm, and what a command
// names is there.

import { expect, test } from 'vitest';
import { anchorOf, articles, commandsOf, runbook } from '../../local/runbook.ts';
import { withoutHash } from '../mappings.ts';
import { flat, theOnly } from '../template.ts';
import { alarmsIn, resourcesOfEveryAlarm } from './every-alarm.ts';

const resources = resourcesOfEveryAlarm();
const { ofAlarms, ofOthers } = articles;

test('there is an article for every alarm, and an alarm for every article', () => {
  const named = alarmsIn(resources).map(
    ([, { Properties }]) => /RUNBOOK\.md#(\w+)$/.exec(Properties['AlarmDescription'])?.[1],
  );
  expect(new Set(ofAlarms.map(anchorOf))).toEqual(new Set(named));
});

test('an article of what has no alarm is named on the dashboard', () => {
  const page = flat(theOnly(resources, 'AWS::CloudWatch::Dashboard').Properties['DashboardBody']);
  expect(ofOthers).toHaveLength(5);
  for (const name of ofOthers) expect(page).toContain(name);
});

test('an article says how to look or what to do, and when it is over', () => {
  for (const article of runbook.split(/^### /m).slice(1)) {
    expect(article, article.slice(0, 20)).toMatch(/^(Look|Do)\b.*:/m);
    expect(article, article.slice(0, 20)).toMatch(/^Over: ./m);
  }
});

test('an article leads on to articles that are there', () => {
  const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(20);
  expect([...ofAlarms, ...ofOthers].map(anchorOf)).toEqual(expect.arrayContaining(links));
});

test('a mistake of ours is looked for in the log of each function', () => {
  const [article = ''] = /^### Faults$.*?(?=^### )/ms.exec(runbook) ?? [];
  const logs = Object.keys(resources)
    .map(withoutHash)
    .filter((id) => /^Engine\w+Log$/.test(id));
  const asked = logs.filter((id) => new RegExp(`\\b${id.replace('Engine', '')}\\b`).test(article));
  expect(logs.length).toBeGreaterThan(10);
  const ofOthersCode = ['EngineHttpAccessLog', 'EngineTriggersProvisionerFrameworkLog'];
  expect(logs.filter((id) => !asked.includes(id)).sort()).toEqual(ofOthersCode);
});

test('a command names resources that the stack has, each exactly one', () => {
  const named = [
    ...commandsOf(/(?<![\w-])(?:name|ask) "?([A-Z]\w+)/g),
    ...commandsOf(/(?<![$\w])([A-Z]\w+(?:Log|Function|Queue))\b/g),
  ].map(([, name]) => `Engine${name}`);
  expect(named.length).toBeGreaterThan(50);
  const ids = Object.keys(resources).map(withoutHash);
  for (const name of named) expect(ids.filter((id) => id === name)).toEqual([name]);
});
