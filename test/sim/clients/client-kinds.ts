// Every kind of client there is. A new one is a file of its own and a line here.

import { bounds } from './bounds.ts';
import type { Client } from './client.ts';
import { groupMember, groupTwin, twinNeighbour } from './group-member.ts';
import { housekeeper } from './housekeeper.ts';
import { keyProducer } from './key-producer.ts';
import { messageSource } from './message-source.ts';
import { namedProducer } from './named-producer.ts';
import { numberedProducer } from './numbered-producer.ts';
import { plainProducer } from './plain-producer.ts';
import { positionKeeper } from './position-keeper.ts';
import { processor } from './processor.ts';
import { randomReader } from './random-reader.ts';
import { rawProducer } from './raw-producer.ts';
import { recordDeleter } from './record-deleter.ts';
import { shardSource } from './shard-source.ts';
import { subscriptionAdmin } from './subscription-admin.ts';
import { tableReader } from './table-reader.ts';
import { tailReader } from './tail-reader.ts';
import { timeReader } from './time-reader.ts';
import { topicAdmin } from './topic-admin.ts';
import { transactor } from './transactor.ts';

type Kind = {
  /** How likely a run has any, and how many at most it then has. */
  readonly odds: number;
  readonly most: number;
  readonly run: (client: Client) => Promise<void>;
};

export const clientKinds = {
  'plain-producer': { odds: 0.9, most: 4, run: plainProducer },
  'raw-producer': { odds: 0.4, most: 2, run: rawProducer },
  'numbered-producer': { odds: 0.6, most: 3, run: numberedProducer },
  'named-producer': { odds: 0.25, most: 2, run: namedProducer },
  'key-producer': { odds: 0.35, most: 2, run: keyProducer },
  transactor: { odds: 0.35, most: 2, run: transactor },
  'tail-reader': { odds: 0.7, most: 2, run: tailReader },
  'random-reader': { odds: 0.7, most: 2, run: randomReader },
  bounds: { odds: 0.4, most: 1, run: bounds },
  'time-reader': { odds: 0.3, most: 1, run: timeReader },
  'topic-admin': { odds: 0.2, most: 1, run: topicAdmin },
} as const satisfies Record<string, Kind>;

/** In worlds with groups. */
export const groupClientKinds = {
  'group-member': { odds: 0.6, most: 3, run: groupMember },
  'group-twin': { odds: 0.1, most: 2, run: groupTwin },
  'twin-neighbour': { odds: 0.1, most: 1, run: twinNeighbour },
  processor: { odds: 0.3, most: 2, run: processor },
  'position-keeper': { odds: 0.5, most: 2, run: positionKeeper },
} as const satisfies Record<string, Kind>;

/** In worlds with triggers, where reading would only make runs longer. */
export const triggerClientKinds = {
  'plain-producer': { odds: 0.9, most: 3, run: plainProducer },
  'numbered-producer': { odds: 0.3, most: 1, run: numberedProducer },
  transactor: { odds: 0.2, most: 1, run: transactor },
  'subscription-admin': { odds: 0.8, most: 2, run: subscriptionAdmin },
  'message-source': { odds: 0.25, most: 2, run: messageSource },
  'shard-source': { odds: 0.25, most: 2, run: shardSource },
  'topic-admin': { odds: 0.05, most: 1, run: topicAdmin },
} as const satisfies Record<string, Kind>;

/** In worlds with housekeeping. */
export const upkeepClientKinds = {
  'plain-producer': { odds: 0.9, most: 3, run: plainProducer },
  'raw-producer': { odds: 0.3, most: 1, run: rawProducer },
  'numbered-producer': { odds: 0.4, most: 2, run: numberedProducer },
  transactor: { odds: 0.25, most: 1, run: transactor },
  'tail-reader': { odds: 0.6, most: 2, run: tailReader },
  'random-reader': { odds: 0.5, most: 1, run: randomReader },
  'time-reader': { odds: 0.3, most: 1, run: timeReader },
  bounds: { odds: 0.2, most: 1, run: bounds },
  'table-reader': { odds: 0.2, most: 1, run: tableReader },
  'topic-admin': { odds: 0.15, most: 1, run: topicAdmin },
  'record-deleter': { odds: 0.2, most: 1, run: recordDeleter },
  housekeeper: { odds: 1, most: 4, run: housekeeper },
} as const satisfies Record<string, Kind>;

export type ClientKind =
  | keyof typeof clientKinds
  | keyof typeof groupClientKinds
  | keyof typeof triggerClientKinds
  | keyof typeof upkeepClientKinds;

export type KindsDrawn = Readonly<Partial<Record<ClientKind, Kind>>>;

/** By what a world is about. */
export const kindsOf = {
  logs: clientKinds,
  groups: { ...clientKinds, ...groupClientKinds },
  triggers: triggerClientKinds,
  upkeep: upkeepClientKinds,
} as const satisfies Record<string, KindsDrawn>;

export function runOf(kind: ClientKind): Kind['run'] {
  const all = { ...clientKinds, ...groupClientKinds, ...triggerClientKinds, ...upkeepClientKinds };
  return all[kind].run;
}
