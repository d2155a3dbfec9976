// Who calls, and what he may do. A route asks for each thing that it touches before it touches it;
// one that has asked for nothing has forgotten to, and its answer is not given (api.ts).
//
// A caller has what the ACLs allow his principal; where there are none, everything; and of that no
// more than his key is narrowed to.

import type { Context } from 'hono';
import {
  type Acl,
  includes,
  isAllowed,
  isAllowedOfSome,
  type Operation,
  type Resource,
  type ResourceType,
} from '../access/acl.ts';
import { anonymous } from '../access/principal.ts';
import { knownAcls } from '../engine/access/acls.ts';
import type { Call, Engine } from '../engine/engine.ts';
import { EngineError } from '../errors.ts';

export type Caller = {
  readonly principal: string;
  /** What his key is narrowed to; undefined: nothing. */
  readonly operations?: readonly Operation[] | undefined;
};

/** How a process knows its callers, and what binds them. */
export type AccessControl = {
  /** @returns undefined: nobody who is known. */
  readonly identify: (
    context: Context,
    engine: Engine,
    call: Call,
  ) => Caller | undefined | Promise<Caller | undefined>;
  /** Absent: whoever is let in may do everything. */
  readonly acls?: {
    /** Principals that no ACL binds. */
    readonly superUsers: ReadonlySet<string>;
  };
  /** Whether callers are known by API keys. @default false */
  readonly apiKeys?: boolean;
};

/** Everyone may do everything: an engine of one's own machine. */
export const openToAll: AccessControl = { identify: () => ({ principal: anonymous }) };

/** @throws EngineError UNAUTHENTICATED; THROTTLED, UNAVAILABLE */
export async function openAccess(
  control: AccessControl,
  context: Context,
  engine: Engine,
  call: Call,
): Promise<Access> {
  const caller = await control.identify(context, engine, call);
  if (caller === undefined) {
    const message = 'credentials are missing, wrong or over';
    throw new EngineError('UNAUTHENTICATED', message, { field: 'Authorization' });
  }
  const { acls, apiKeys = false } = control;
  const isBound = acls !== undefined && !acls.superUsers.has(caller.principal);
  const serves = { acls: acls !== undefined, apiKeys };
  return new Access(caller, { acls: isBound ? await knownAcls(engine, call) : undefined, serves });
}

type AccessParts = Pick<Access, 'serves'> & {
  /** undefined: none binds the caller. */
  readonly acls: readonly Acl[] | undefined;
};

export class Access {
  readonly principal: string;
  /** What there is to be administered. */
  readonly serves: { readonly acls: boolean; readonly apiKeys: boolean };
  /** In the order in which they were asked for, refused ones included. */
  readonly asked: Resource[] = [];
  readonly #operations: readonly Operation[] | undefined;
  readonly #acls: readonly Acl[] | undefined;
  #isSettled = false;

  constructor({ principal, operations }: Caller, { acls, serves }: AccessParts) {
    this.principal = principal;
    this.serves = serves;
    this.#operations = operations;
    this.#acls = acls;
  }

  /** Whether the route has asked for something. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  may(operation: Operation, resource: Resource): boolean {
    const { principal } = this;
    return this.#isLetIn(operation, (acls) => isAllowed(acls, { principal, operation, resource }));
  }

  /** Of some resource of that type, whichever. */
  mayOfSome(operation: Operation, type: ResourceType): boolean {
    const { principal } = this;
    return this.#isLetIn(operation, (acls) =>
      isAllowedOfSome(acls, { principal, operation, type }),
    );
  }

  /** The refusal says no more than the caller has said himself: not whether there is such a thing.
   * @throws EngineError FORBIDDEN: of any of them it is not allowed. */
  need(operation: Operation, ...resources: readonly Resource[]): void {
    const missed = this.#firstMissed(operation, resources);
    if (missed === undefined) return;
    const { type, name } = missed;
    const what = type === 'CLUSTER' ? 'the cluster' : `${typeNames[type]} ${name}`;
    throw this.#refusal(operation, what);
  }

  /** Of what others have named: the refusal does not tell the caller what that is.
   * @throws EngineError FORBIDDEN: of any of them it is not allowed. */
  needUnnamed(operation: Operation, ...resources: readonly Resource[]): void {
    const missed = this.#firstMissed(operation, resources);
    if (missed === undefined) return;
    throw this.#refusal(operation, `a ${typeNames[missed.type]} that this is about`);
  }

  /** What can be had by it need not be as narrow as a key that the caller has come with.
   * @throws EngineError FORBIDDEN. */
  needWholeKey(operation: Operation, what: string): void {
    if (this.#operations === undefined) return;
    throw this.#refusal(operation, `${what} with a key that is narrowed`);
  }

  /** For what everyone may who is known. */
  needNothing(): void {
    this.#isSettled = true;
  }

  /** Those of many that the caller may know of: a list shows no others. */
  seen<Thing>(
    operation: Operation,
    things: readonly Thing[],
    resourceOf: (thing: Thing) => Resource,
  ): readonly Thing[] {
    this.#isSettled = true;
    return things.filter((thing) => this.may(operation, resourceOf(thing)));
  }

  #firstMissed(operation: Operation, resources: readonly Resource[]): Resource | undefined {
    this.asked.push(...resources);
    this.#isSettled = true;
    return resources.find((resource) => !this.may(operation, resource));
  }

  #isLetIn(operation: Operation, allows: (acls: readonly Acl[]) => boolean): boolean {
    this.#isSettled = true;
    const isWithinKey = this.#operations?.some((own) => includes(own, operation)) ?? true;
    return isWithinKey && (this.#acls === undefined || allows(this.#acls));
  }

  #refusal(operation: Operation, what: string): EngineError {
    return new EngineError('FORBIDDEN', `${this.principal} may not ${operation} ${what}`);
  }
}

const typeNames = {
  TOPIC: 'topic',
  GROUP: 'group',
  CLUSTER: 'cluster',
  TRANSACTIONAL_ID: 'transactional id',
} as const;
