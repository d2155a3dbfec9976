// One run from its seed: a world is drawn, clients work in it while a storm rages, the storm ends,
// what is late lands, a new process reads everything, and the checkers judge what happened.

import { createTopic } from '../../shared/engine/make-topics.ts';
import { textIn } from '../../shared/store/algebra.ts';
import { topicItem, topicsPk } from '../../shared/store/items.ts';
import { ask } from './ask.ts';
import { checkAll } from './check/all-checks.ts';
import { type DeliveryFacts, type GroupFacts, noDeliveries } from './check/check.ts';
import { storedState } from './check/stored-state.ts';
import { drainClient, lateDrainClient } from './check/unseen.ts';
import type { Client } from './clients/client.ts';
import { runOf } from './clients/client-kinds.ts';
import { derivedTopic } from './clients/processor.ts';
import { fetchVerb, read } from './clients/read-attempt.ts';
import { create, subscriptionNames } from './clients/subscription-admin.ts';
import { makeTopic } from './clients/topic-admin.ts';
import { drainGroups, processedOf } from './drain-groups.ts';
import type { Answer, History } from './history.ts';
import { storedLogs } from './logs.ts';
import { thaw, unleash } from './nemesis.ts';
import { historyLines } from './render.ts';
import { drainDeliveries } from './triggers/drain-deliveries.ts';
import { deadLetterTopic } from './triggers/draw-settings.ts';
import type { TriggerKnobs } from './triggers/trigger-knobs.ts';
import { leftOver } from './upkeep/left-over.ts';
import { found, tidy } from './upkeep/tidy.ts';
import { SimulatedWorld, type Trace } from './world.ts';

export type Report = {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly storeCalls: number;
  readonly operations: number;
  readonly records: number;
  /** Of virtual time. */
  readonly millis: number;
  /** The history, a line an event; made only for a run that is looked at. */
  readonly lines: () => readonly string[];
};

const mainTopic = 'orders';
/** No client needs longer, whatever its knobs are. */
const clientsMillisMax = 8 * 3_600_000;
/** What processes began before the storm's end is over after it. */
const quietMillis = 90_000;

export async function simulate(seed: number, trace?: Trace): Promise<Report> {
  const world = new SimulatedWorld(seed, trace);
  const { history, watch, time } = world;
  const began = time.now();
  const violations: string[] = [];
  const played = await withoutStacks(trace === undefined, () => time.run(play(world)));
  if (!played.isOver) violations.push('I26: clients wait for ever');
  const { logs, violations: damaged } = storedLogs(watch.partitions.values(), watch.objects);
  const damages = world.knobs.rates.of.read.some(
    ([fault, rate]) => rate > 0 && ['flipped', 'short', 'missing'].includes(fault),
  );
  const { liveness } = world.knobs;
  violations.push(
    ...world.faults,
    ...watch.violations,
    ...damaged,
    ...storedState(world.stored, watch.partitions.values()),
    ...played.leftOver,
    ...world.groups.violations,
    ...(world.triggers?.watch.violations ?? []),
    ...checkAll({
      history,
      logs,
      liveness,
      damages,
      weakLagMillisMax: world.knobs.weakLagMillisMax,
      aheadMillisMax: world.aheadMillisMax,
      groups: groupFacts(world, played),
      deliveries: deliveryFacts(world, played),
    }),
  );
  return {
    seed,
    violations,
    storeCalls: world.storeCalls,
    operations: operationsIn(history),
    records: logs.reduce((sum, { records }) => sum + records.length, 0),
    millis: time.now() - began,
    lines: () => historyLines(world),
  };
}

function operationsIn({ produces, reads, topics, groups, ...rest }: History) {
  const { subscriptions, ingests, deletions, upkeep } = rest;
  const all = [produces, reads, topics, groups, subscriptions, ingests, deletions, upkeep];
  return all.flat().length;
}

/** Errors are answers here, thousands in a run, and where they were made interests nobody but who
 * follows one seed. */
async function withoutStacks<Answer>(isHurried: boolean, work: () => Promise<Answer>) {
  const before = Error.stackTraceLimit;
  if (isHurried) Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

function groupFacts(world: SimulatedWorld, played: Played): GroupFacts {
  const { groups, isTimeTrue } = world;
  const { commits, ends, takes } = groups;
  const processed = processedOf(world);
  return { ...played, commits, ends, takes, isTimeTrue, processed };
}

function deliveryFacts(world: SimulatedWorld, { behind }: Played): DeliveryFacts {
  const { triggers, knobs, isTimeTrue } = world;
  if (triggers === undefined) return noDeliveries;
  const { subscriptions, moves } = triggers.watch;
  const isUndisturbed = isTimeTrue && knobs.freezes === 0 && knobs.crashes === 0;
  return { subscriptions, moves, behind, isUndisturbed };
}

type Played = Pick<GroupFacts, 'isDrained' | 'topics'> & {
  /** What was not delivered to its end. */
  readonly behind: readonly string[];
  /** What housekeeping has left over. */
  readonly leftOver: readonly string[];
  /** Every client came to its end. */
  readonly isOver: boolean;
};

async function play(world: SimulatedWorld): Promise<Played> {
  const { knobs, time } = world;
  world.topics.set(mainTopic, knobs.partitions);
  if (knobs.readyTopic) await makeReady(world, mainTopic);
  if (knobs.clients.includes('processor')) await makeReady(world, derivedTopic);
  if (knobs.triggers !== undefined) await makeSubscriptions(world, knobs.triggers);
  world.isCalm = false;
  unleash(world);
  const clients = knobs.clients.map((kind, at) => runOf(kind)(clientOf(world, `c${at}`, at)));
  if (!knobs.readyTopic) {
    clients.push(makeTopic(clientOf(world, 'maker', 0), mainTopic, knobs.partitions));
  }
  const everyone = Promise.all(clients).then(() => true);
  const tooLong = () => time.sleep(clientsMillisMax).then(() => false);
  if (knobs.liveness) await time.sleep(stormMillis(world));
  const isOver = knobs.liveness || (await Promise.race([everyone, tooLong()]));
  heal(world);
  const isOverNow = isOver && (await Promise.race([everyone, tooLong()]));
  await time.sleep(world.lateMillis);
  await time.sleep(quietMillis + world.aheadMillis);
  const drained = await drainGroups(world);
  const behind = await drainDeliveries(world);
  await drain(world, drainClient);
  const leftOver = knobs.upkeep === undefined ? [] : await tidyUp(world);
  return { ...drained, behind, leftOver, isOver: isOverNow };
}

/** And then everything is read again. */
async function tidyUp(world: SimulatedWorld): Promise<readonly string[]> {
  const isAtRest = await tidy(world);
  const left = [...leftOver(world), ...(await found(world))];
  await drain(world, lateDrainClient);
  return isAtRest ? left : ['I26: there is always something to look after', ...left];
}

function clientOf(world: SimulatedWorld, name: string, home: number): Client {
  return { world, name, home };
}

async function makeReady(world: SimulatedWorld, name: string): Promise<void> {
  const { quota } = world.knobs.triggers ?? {};
  const limited = name === mainTopic && quota !== undefined;
  const configs = new Map([
    ...(limited ? ([['producer_byte_rate', String(quota)]] as const) : []),
    ...(world.knobs.upkeep?.configs ?? []),
  ]);
  const topic = { name, partitions: world.knobs.partitions, configs };
  await ask(world, world.newProcess(), async (engine, call) => {
    await createTopic(engine, call, topic);
  });
}

async function makeSubscriptions(world: SimulatedWorld, { ready }: TriggerKnobs): Promise<void> {
  await makeReady(world, deadLetterTopic);
  const client = clientOf(world, 'first', 0);
  for (const name of subscriptionNames.slice(0, ready)) await create(client, name);
  world.triggers?.beginSweeps();
}

/** Long enough for a part of the clients' work. */
function stormMillis({ chance, knobs }: SimulatedWorld): number {
  return chance.fraction() * knobs.operationsPerClient * (knobs.pauseMillisMax / 2 + 400);
}

function heal(world: SimulatedWorld): void {
  world.history.note('the storm is over');
  world.isCalm = true;
  world.history.healed = world.history.next();
  for (const process of world.processes) {
    world.aheadMillis = Math.max(world.aheadMillis, process.correctClock());
    thaw(world, process);
  }
  world.healed.resolve();
}

/** Reads every partition that there is, from its beginning to its end. */
async function drain(world: SimulatedWorld, client: string): Promise<void> {
  const process = world.newProcess();
  const topics = world.stored.peekRange({ pk: topicsPk, limit: Number.MAX_SAFE_INTEGER });
  for (const item of topics) {
    if (textIn(item, topicItem.state) !== 'live') continue;
    for (let partition = 0; partition < (item[topicItem.partitions] as number); partition++) {
      const place = { topic: item.sk, partition };
      let offset = 0;
      for (;;) {
        const request = { ...place, offset, maxBytes: 1_000, waitMillis: 0 };
        const wanted = { client, ...place, offset };
        const answer = await read(world, process, wanted, fetchVerb(request, false));
        const next = whereToGoOn(answer);
        if (next === undefined || next <= offset) break;
        offset = next;
      }
    }
  }
}

/** undefined: nothing is left. */
function whereToGoOn(answer: Answer): number | undefined {
  if (answer.kind === 'error') return answer.bounds?.logStart;
  if (answer.kind !== 'records') return undefined;
  return answer.nextOffset < answer.highWatermark ? answer.nextOffset : undefined;
}
