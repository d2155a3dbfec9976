// What can happen to one request between a client and a store, by name: whether the store gets to
// see the request, and what the client gets to see of an answer.
//
// - Only a throttle and a conflict are definite: the store says itself that it did nothing.
// - Everything else looks to the client as if the store might have done it, whether it did or not.

/** Whether the store gets the request: never, before the client hears anything, or only once it
 * has been overtaken by newer ones. */
export type Reach = 'never' | 'first' | 'later';

/** The store's own words, made up by the proxy. */
export type Refusal = 'throttled' | 'conflict' | 'error 500' | 'error 503';

/** What the client gets. 'held': nothing, on a connection that stays open. 'truncated': fewer bytes
 * than the head of the answer says. 'shortened': fewer, and the head says so too. */
export type Reply =
  | Refusal
  | 'whole'
  | 'delayed'
  | 'held'
  | 'cut'
  | 'reset'
  | 'reset midway'
  | 'truncated'
  | 'shortened'
  | 'flipped';

export const wireFaults = {
  'drop-before': ['never', 'cut'],
  'drop-after': ['first', 'cut'],
  'reset-before': ['never', 'reset'],
  'reset-after': ['first', 'reset'],
  'reset-midway': ['first', 'reset midway'],
  delay: ['first', 'delayed'],
  'hang-before': ['never', 'held'],
  'hang-after': ['first', 'held'],
  late: ['later', 'cut'],
  throttle: ['never', 'throttled'],
  conflict: ['never', 'conflict'],
  '500-before': ['never', 'error 500'],
  '500-after': ['first', 'error 500'],
  '503-before': ['never', 'error 503'],
  '503-after': ['first', 'error 503'],
  truncate: ['first', 'truncated'],
  shorten: ['first', 'shortened'],
  flip: ['first', 'flipped'],
} as const satisfies Record<string, readonly [Reach, Reply]>;

export type FaultKind = keyof typeof wireFaults;

export const faultKinds = Object.keys(wireFaults) as readonly FaultKind[];

/** Calls of the two ports, as far as one request shows which it is. */
export const tableOperations = ['get', 'query', 'write', 'transact'] as const;
export const objectOperations = ['put', 'read', 'delete', 'list'] as const;

export type Operation = (typeof tableOperations)[number] | (typeof objectOperations)[number];

const changes: ReadonlySet<Operation> = new Set(['write', 'transact', 'put', 'delete']);

export function isChange(operation: Operation): boolean {
  return changes.has(operation);
}

/** A read conflicts with nothing. */
export function canMeet(operation: Operation, kind: FaultKind): boolean {
  return kind !== 'conflict' || isChange(operation);
}

export type Fault = {
  readonly kind: FaultKind;
  /** In [0, 1): which bit is flipped, where an answer ends, which of several refusals it is. */
  readonly at: number;
  /** So many later requests overtake a late one. Absent: all, until the proxy settles. */
  readonly behind?: number;
};

/** Asked once for each request, in the order in which they come in. */
export type Plan = (operation: Operation) => Fault | undefined;

export const noFaults: Plan = () => undefined;
