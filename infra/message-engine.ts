// MessageEngine: the whole system on one page.
//
//     caller ──SigV4 or JWT──> HTTP API ──┬── produce ── writes segments, appends to partitions
//                                         ├── fetch ──── reads both
//                                         ├── groups ─── reads both, keeps consumers and offsets
//                                         ├── subscriptions ── says what is delivered to whom
//                                         └── topics ─── makes, changes and removes topics
//
//     queues, topics, buckets, events, streams ── ingest ── appends what they bring
//     the table's own stream ── triggers ── deliver what is appended (triggers.ts)
//     CloudFormation ── provision ── makes topics and subscriptions that a stack wants
//     what is stored ── housekeeping ── is merged, and ends some day (housekeeping.ts)
//
// Bucket and table hold all state and outlive the stack; the rest may be thrown away and made
// again. While nobody calls, only clocks run: every five minutes the sweep, every hour the upkeep,
// every three the collector; and Lambda asks two empty queues.

import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import type { FunctionName } from '../shared/contract.ts';
import { Delivery, type DeliveryProps } from './delivery.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import { EngineFunction } from './engine-function.ts';
import type { EngineParts } from './engine-parts.ts';
import { EngineTable } from './engine-table.ts';
import { grantInvoke, type Purpose } from './grants.ts';
import { Housekeeping } from './housekeeping.ts';
import { HttpApi } from './http-api.ts';
import { Ingest, type IngestProps } from './ingest.ts';
import type { IngestSource } from './ingest-source.ts';
import { SegmentBucket } from './segment-bucket.ts';
import { type MessageEngineProps, settingsOf } from './settings.ts';
import { Triggers } from './triggers.ts';

/** An engine, made here or elsewhere. */
export interface IMessageEngine extends IConstruct {
  readonly apiId: string;
  /** The base URL of the HTTP API, without a slash at its end. */
  readonly endpoint: string;

  /** Lets someone produce.
   * @param topic its name; every topic when there is none, and then transactions too, which may
   *   commit offsets of any group.
   * @throws TypeError when the name is no topic's, or callers are known by token and not by IAM. */
  grantProduce(grantee: IGrantable, topic?: string): Grant;

  /** Lets someone fetch records and read a partition's offsets; the rest as for grantProduce. */
  grantFetch(grantee: IGrantable, topic?: string): Grant;

  /** Lets someone consume: create instances in a group, subscribe, poll, commit, seek. Topics are
   * named in bodies, so whoever may consume in one group may read every topic through it, whatever
   * grantFetch says. What v3 tells of groups, and moving or deleting one, is not part of it.
   * @param group its name, 1 to 249 of a-z, A-Z, 0-9, '.', '_', '-': a policy is matched with
   *   paths, and other characters are escaped there or are its wildcards. Every group when there is
   *   none.
   * @throws TypeError when the name is of another form, or callers are known by token. */
  grantConsume(grantee: IGrantable, group?: string): Grant;
}

export interface MessageEngineAttributes {
  /** Of an engine in this account and region whose callers are known by IAM. */
  readonly apiId: string;
  readonly endpoint: string;
}

abstract class EngineBase extends Construct implements IMessageEngine {
  abstract readonly apiId: string;
  abstract readonly endpoint: string;

  grantProduce(grantee: IGrantable, topic?: string): Grant {
    return this.grant('produce', grantee, topic);
  }

  grantFetch(grantee: IGrantable, topic?: string): Grant {
    return this.grant('fetch', grantee, topic);
  }

  grantConsume(grantee: IGrantable, group?: string): Grant {
    return this.grant('consume', grantee, group);
  }

  protected grant(purpose: Purpose, grantee: IGrantable, only: string | undefined): Grant {
    return grantInvoke({ scope: this, apiId: this.apiId, grantee, purpose, only });
  }
}

export class MessageEngine extends EngineBase {
  /** An engine of another stack. */
  static fromAttributes(
    scope: Construct,
    id: string,
    attributes: MessageEngineAttributes,
  ): IMessageEngine {
    return new ImportedEngine(scope, id, attributes);
  }

  readonly apiId: string;
  readonly endpoint: string;
  /** When somebody should look: each says what to do. They tell nobody until actions are added. */
  readonly alarms: readonly Alarm[];
  readonly #parts: EngineParts;
  readonly #triggers: Triggers;
  readonly #deliveries: Construct;
  readonly #ingests: Construct;

  /** @throws RangeError that names a prop out of its range, its value and the bound. */
  constructor(scope: Construct, id: string, props: MessageEngineProps = {}) {
    super(scope, id);
    const settings = settingsOf(props);
    const segments = new SegmentBucket(this, 'Segments', settings);
    const table = new EngineTable(this, 'Table', settings);
    this.#parts = { table, segments, settings };
    this.#triggers = new Triggers(this, 'Triggers', this.#parts);
    this.alarms = new Housekeeping(this, 'Housekeeping', this.#parts).alarms;
    this.#deliveries = new Construct(this, 'Deliveries');
    this.#ingests = new Construct(this, 'Ingests');

    const produce = this.#function('produce');
    segments.grantPut(produce);
    table.grantAppend(produce);

    const fetch = this.#function('fetch');
    segments.grantGet(fetch);
    table.grantRead(fetch);

    const groups = this.#function('groups');
    segments.grantGet(groups);
    table.grantCoordinate(groups);

    const subscriptions = this.#function('subscriptions');
    segments.grantPut(subscriptions);
    segments.grantGet(subscriptions);
    table.grantSubscribe(subscriptions);
    this.#triggers.grantWake(subscriptions);

    const topics = this.#function('topics');
    table.grantAdminister(topics);

    const functions = { produce, fetch, groups, subscriptions, topics };
    const { apiId, endpoint } = new HttpApi(this, 'Http', { ...settings, functions });
    this.apiId = apiId;
    this.endpoint = endpoint;
  }

  /** Delivers what is appended to a topic: a subscription, made with the stack, that goes with it.
   * @throws RangeError, TypeError that names a prop, its value and the bound. */
  deliverTo(target: DeliveryTarget, props: DeliveryProps): Delivery {
    return new Delivery(this.#deliveries, target, { ...props, triggers: this.#triggers });
  }

  /** Lets subscriptions that are made otherwise, by the HTTP API, deliver there. An endpoint needs
   * no leave. */
  allowDelivery(target: DeliveryTarget): void {
    this.#triggers.allow(target);
  }

  /** Appends what a source brings to a topic, once.
   * @throws RangeError, TypeError that names a prop, its value and the bound. */
  ingestFrom(source: IngestSource, props: IngestProps): Ingest {
    const { provisioner } = this.#triggers;
    return new Ingest(this.#ingests, source, { ...props, ...this.#parts, provisioner });
  }

  #function(name: FunctionName): EngineFunction {
    const { settings } = this.#parts;
    const reservedConcurrency = settings[`${name}Concurrency`];
    return new EngineFunction(this, { ...settings, name, reservedConcurrency });
  }

  protected override grant(purpose: Purpose, grantee: IGrantable, only?: string): Grant {
    if (this.#parts.settings.access.kind === 'iam') return super.grant(purpose, grantee, only);
    throw new TypeError('access is Access.jwt(): its issuer grants, by scope, and not IAM');
  }
}

class ImportedEngine extends EngineBase {
  readonly apiId: string;
  readonly endpoint: string;

  constructor(scope: Construct, id: string, attributes: MessageEngineAttributes) {
    super(scope, id);
    this.apiId = attributes.apiId;
    this.endpoint = attributes.endpoint;
  }
}
