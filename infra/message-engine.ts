// MessageEngine: the whole system on one page.
//
//     caller ──SigV4, JWT, key──> HTTP API ──┬── produce ── writes segments, appends
//                                            ├── fetch ──── reads both
//                                            ├── groups ─── reads both, keeps consumers and offsets
//                                            ├── subscriptions ── says what is delivered to whom
//                                            ├── topics ─── makes, changes and removes topics
//                                            └── console ── is a page to look with (console.ts)
//
//     queues, topics, buckets, events, streams ── ingest ── appends what they bring
//     the table's own stream ── triggers ── deliver what is appended (triggers/)
//     CloudFormation ── provision ── makes topics and subscriptions that a stack wants
//     what is stored ── housekeeping ── is merged, and ends some day (housekeeping.ts)
//     all of it ── alarms and a dashboard (watch/)
//
// Bucket and table hold all state and outlive the stack; the rest may be thrown away and made
// again. While nobody calls, only clocks run: every five minutes the sweep, every hour the upkeep,
// every three the collector; and Lambda asks two empty queues.

import type { CustomResource } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { environmentNames, type FunctionName } from '../shared/contract.ts';
import { ApiKeys } from './access/api-keys.ts';
import { grantInvoke, type Purpose } from './access/grants.ts';
import { HttpApi } from './access/http-api.ts';
import { Console } from './console.ts';
import { EngineFunction } from './engine-function.ts';
import type { EngineParts } from './engine-parts.ts';
import { Housekeeping } from './housekeeping.ts';
import { checkEngineName } from './names.ts';
import { type MessageEngineProps, settingsOf } from './settings.ts';
import { EngineTable } from './stores/engine-table.ts';
import { SegmentBucket } from './stores/segment-bucket.ts';
import { checkTopic } from './topic.ts';
import { Delivery, type DeliveryProps } from './triggers/delivery.ts';
import type { DeliveryTarget } from './triggers/delivery-target.ts';
import { Ingest, type IngestProps } from './triggers/ingest.ts';
import type { IngestSource } from './triggers/ingest-source.ts';
import { Triggers } from './triggers/triggers.ts';
import { EngineAlarms } from './watch/engine-alarms.ts';
import { EngineDashboard } from './watch/engine-dashboard.ts';
import { type IMeasuredEngine, MeasuredEngine } from './watch/measured-engine.ts';

/** An engine, made here or elsewhere. */
export interface IMessageEngine extends IMeasuredEngine {
  readonly apiId: string;
  /** The base URL of the HTTP API, without a slash at its end: what a route's path is put after,
   * `https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com`. Of an engine that is made here only
   * the deployment knows it. */
  readonly endpoint: string;
  /** By which it is told from others; of one of another stack perhaps not known. */
  readonly engineName?: string;

  /** Lets someone produce.
   * @param topic its name; every topic when there is none, and then transactions too, which may
   *   commit offsets of any group.
   * @throws TypeError when the name is no topic's, or callers are not known by IAM. */
  grantProduce(grantee: IGrantable, topic?: string): Grant;

  /** Lets someone fetch records and read a partition's offsets; the rest as for grantProduce. */
  grantFetch(grantee: IGrantable, topic?: string): Grant;

  /** Lets someone consume: create instances in a group, subscribe, poll, commit, seek. Topics are
   * named in bodies, so whoever may consume in one group may read every topic through it, whatever
   * grantFetch says. What v3 tells of groups, and moving or deleting one, is not part of it.
   * @param group its name, 1 to 249 of a-z, A-Z, 0-9, '.', '_', '-': a policy is matched with
   *   paths, and other characters are escaped there or are its wildcards. Every group when there is
   *   none.
   * @throws TypeError when the name is of another form, or callers are not known by IAM. */
  grantConsume(grantee: IGrantable, group?: string): Grant;

  /** Lets someone describe, change and delete topics, and delete their records.
   * @param topic its name, as for grantProduce, and not '-'. Every topic when there is none, and
   *   then he may make and list them, too, look at groups, move their offsets and delete them,
   *   and change ACLs, if they let him.
   * @throws TypeError when the name is no topic's or '-', or callers are not known by IAM. */
  grantAdmin(grantee: IGrantable, topic?: string): Grant;
}

export interface MessageEngineAttributes {
  /** Of an engine in this account and region whose callers are known by IAM. */
  readonly apiId: string;
  /** Its `endpoint`, as its stack has put it out. */
  readonly endpoint: string;
  /** For metrics that the engine tells.
   * @default not known: those metrics are refused */
  readonly engineName?: string;
}

abstract class EngineBase extends MeasuredEngine implements IMessageEngine {
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

  grantAdmin(grantee: IGrantable, topic?: string): Grant {
    return this.grant('admin', grantee, topic);
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
  readonly #alarms: EngineAlarms;
  readonly engineName: string;
  readonly #parts: EngineParts;
  readonly #triggers: Triggers;
  readonly #deliveries: Construct;
  readonly #ingests: Construct;
  readonly #topicNames = new Set<string>();

  /** @throws RangeError, TypeError that names a prop, its value and the bound. */
  constructor(scope: Construct, id: string, props: MessageEngineProps = {}) {
    super(scope, id);
    const settings = settingsOf(props, this);
    this.engineName = settings.engineName;
    const segments = new SegmentBucket(this, 'Segments', settings);
    const table = new EngineTable(this, 'Table', settings);
    this.#parts = { table, segments, settings };
    this.#triggers = new Triggers(this, 'Triggers', this.#parts);
    const housekeeping = new Housekeeping(this, 'Housekeeping', this.#parts);
    this.#deliveries = new Construct(this, 'Deliveries');
    this.#ingests = new Construct(this, 'Ingests');

    const produce = this.#function('produce');
    segments.grantPut(produce);
    table.grant(produce, 'produce');

    const fetch = this.#function('fetch');
    segments.grantGet(fetch);
    table.grant(fetch, 'fetch');

    const groups = this.#function('groups');
    segments.grantGet(groups);
    table.grant(groups, 'groups');

    const subscriptions = this.#function('subscriptions');
    segments.grantPut(subscriptions);
    segments.grantGet(subscriptions);
    table.grant(subscriptions, 'subscriptions');
    this.#triggers.grantWake(subscriptions);

    const topics = this.#function('topics');
    table.grant(topics, 'topics');

    const functions = { produce, fetch, groups, subscriptions, topics };
    if (settings.superUsers !== undefined) {
      for (const one of [produce, fetch, groups, subscriptions]) table.grant(one, 'readAcls');
      table.grant(topics, 'manageAcls');
    }
    const apiKeys =
      settings.auth.kind === 'api-keys' ? new ApiKeys(this, 'ApiKeys', this.#parts) : undefined;
    const page = settings.console ? new Console(this, 'Console', settings) : undefined;
    const asked = { functions, apiKeys, console: page };
    const http = new HttpApi(this, 'Http', { ...settings, ...asked });
    this.apiId = http.apiId;
    this.endpoint = http.endpoint;

    const triggers = this.#triggers;
    const watched = { ...asked, http, triggers, housekeeping, table, segments, engine: this };
    this.#alarms = new EngineAlarms(settings.alarms);
    this.#alarms.watch(this, watched);
    const alarms = this.#alarms.made;
    if (settings.dashboard) new EngineDashboard(this, 'Dashboard', { watched, alarms });
  }

  /** When somebody should look: each names its article of RUNBOOK.md. They tell the actions of the
   * prop `alarms`, and those that are added here; a source that is attached has its own. */
  get alarms(): readonly Alarm[] {
    return this.#alarms.made;
  }

  /** Delivers what is appended to a topic: a subscription, made with the stack, that goes with it.
   * @throws RangeError, TypeError that names a prop, its value and the bound. */
  deliverTo(target: DeliveryTarget, props: DeliveryProps): Delivery {
    const { topic, partitions, deadLetterTopic } = props;
    checkTopic('topic', topic, { engine: this, partitions });
    checkTopic('deadLetterTopic', deadLetterTopic, { engine: this });
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
    const { topic, partitions } = props;
    checkTopic('topic', topic, { engine: this, partitions });
    const provisioner = this.#triggers.provisioner();
    const ingest = new Ingest(this.#ingests, source, { ...props, ...this.#parts, provisioner });
    this.#alarms.watchIngest(ingest);
    return ingest;
  }

  /** Lets someone make, rotate and end API keys, of any principal: whoever may has all that there
   * is.
   * @throws TypeError when callers are not known by API keys. */
  grantManageKeys(grantee: IGrantable): Grant {
    const { kind } = this.#parts.settings.auth;
    if (kind === 'api-keys') return super.grant('manageKeys', grantee, undefined);
    throw new TypeError(`auth is of the kind ${kind}: there are no keys to manage`);
  }

  /** For Topic, which says what may be asked: has the engine make one.
   * @param body of POST /v3/clusters/{cluster}/topics.
   * @throws TypeError: another Topic has that name, and would change it back. */
  provisionTopic(
    scope: Construct,
    id: string,
    body: { readonly topic_name: string; readonly [field: string]: unknown },
  ): CustomResource {
    const { topic_name: name } = body;
    if (this.#topicNames.has(name)) {
      throw new TypeError(`topicName is '${name}': it must be no other Topic's of the engine`);
    }
    this.#topicNames.add(name);
    return this.#triggers.provisioner().topic(scope, id, body);
  }

  #function(name: FunctionName): EngineFunction {
    const { settings } = this.#parts;
    const reservedConcurrency = settings[`${name}Concurrency`];
    const served = new EngineFunction(this, { ...settings, name, reservedConcurrency });
    const { auth, superUsers } = settings;
    served.allow([], {
      ...auth.environment,
      ...(superUsers && {
        [environmentNames.acls]: 'on',
        [environmentNames.superUsers]: superUsers.join(';'),
      }),
    });
    return served;
  }

  protected override grant(purpose: Purpose, grantee: IGrantable, only?: string): Grant {
    const { kind } = this.#parts.settings.auth;
    if (kind === 'iam') return super.grant(purpose, grantee, only);
    throw new TypeError(`auth is of the kind ${kind}: IAM lets nobody in, so it cannot be granted`);
  }
}

class ImportedEngine extends EngineBase {
  readonly apiId: string;
  readonly endpoint: string;
  readonly engineName?: string;

  constructor(scope: Construct, id: string, attributes: MessageEngineAttributes) {
    super(scope, id);
    const { engineName } = attributes;
    if (engineName !== undefined) checkEngineName(engineName);
    this.engineName = engineName;
    this.apiId = attributes.apiId;
    this.endpoint = attributes.endpoint;
  }
}
