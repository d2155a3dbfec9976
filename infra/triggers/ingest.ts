// A source's way into a topic: a function of its own, which knows the topic, with a role that
// reaches the engine and this source.

import { type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { EventInvokeConfig, EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { environmentNames, ingestKeyForm, ingestKeyLengthMax } from '../../shared/contract.ts';
import { partitionsPerTopicMax } from '../../shared/limits.ts';
import { findings } from '../acknowledged.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import { EngineFunction, type Permission } from '../engine-function.ts';
import type { EngineParts } from '../engine-parts.ts';
import { checkName, idOf } from '../names.ts';
import type { Provisioner } from '../provisioner.ts';
import { checkRanges } from '../ranges.ts';
import { type ITopic, idOfTopic, nameOfTopic } from '../topic.ts';
import type { IngestSource, SourceMapping } from './ingest-source.ts';

export interface IngestProps {
  /** Where what comes is appended: a Topic of the engine, or a name, 1 to 249 of a-z, A-Z, 0-9,
   * '.', '_', '-'. A topic that is named is made if it is missing, and stays when the stack
   * goes. */
  readonly topic: ITopic | string;

  /** Partitions of a topic that is named, 1 to 1000, should it be missing; one that is there keeps
   * its own.
   * @default 1 */
  readonly partitions?: number;

  /** A record's key: 'default' is the source's own (a message group, a partition key, an object's
   * name, an item's key), 'none' is no key, and a path of names like '$.detail.order-id' is what
   * is there in the record's value.
   * @default 'default' */
  readonly key?: string;

  /** Tells it from others of the engine, of the same form as a topic's. Another one is another
   * function.
   * @default its source and its topic */
  readonly name?: string;

  /** Events that are worked on at once, 1 to 100000. It is taken from the account's concurrency,
   * and is both a guarantee and a bound.
   * @default none: what the account has free */
  readonly concurrency?: number;
}

/** What an engine adds to them. */
export interface IngestParts extends EngineParts {
  readonly provisioner: Provisioner;
}

export class Ingest extends Construct {
  readonly function: EngineFunction;
  readonly #removalPolicy: RemovalPolicy;
  #deadLetters: DeadLetterQueue | undefined;

  /** @throws RangeError, TypeError that names a prop, its value and the bound. */
  constructor(scope: Construct, source: IngestSource, props: IngestProps & IngestParts) {
    check(props);
    super(scope, idIn(props, source));
    const { partitions, key = 'default', concurrency: reservedConcurrency } = props;
    const topic = nameOfTopic(props.topic);
    const { table, segments, settings, provisioner } = props;
    this.#removalPolicy = settings.removalPolicy;
    this.function = new EngineFunction(this, { ...settings, name: 'ingest', reservedConcurrency });
    this.function.allow([], {
      [environmentNames.ingestTopic]: topic,
      [environmentNames.ingestMapping]: Stack.of(this).toJsonString({ key }),
    });
    segments.grantPut(this.function);
    table.grant(this.function, 'ingest');
    // Nothing comes before there is a place for it.
    const place = provisioner.topics(this, 'Topic', [{ name: topic, partitions }]);
    this.function.node.addDependency(place);
    source.attach(this);
  }

  /** Of what could not be stored, or of what tells where it is; undefined: a queue keeps its
   * messages itself. */
  get deadLetters(): DeadLetterQueue | undefined {
    return this.#deadLetters;
  }

  /** Makes their queue, once. Like the stores, it outlives the stack. */
  addDeadLetters(): DeadLetterQueue {
    const removalPolicy = this.#removalPolicy;
    this.#deadLetters = new DeadLetterQueue(this, 'DeadLetters', { removalPolicy });
    return this.#deadLetters;
  }

  /** Has Lambda read the source for the function. */
  map(mapping: SourceMapping, permissions: readonly Permission[]): void {
    this.function.allow(permissions);
    const made = new EventSourceMapping(this, 'Mapping', {
      ...mapping,
      target: this.function.function,
      reportBatchItemFailures: true,
    });
    if (!mapping.onFailure) Validations.of(made).acknowledge(findings.queuesRedrive);
  }

  /** Keeps what a source brought that does not wait for an answer, and that was not stored in
   * Lambda's three tries.
   * @returns where it is kept */
  keepFailures(): DeadLetterQueue {
    const deadLetters = this.addDeadLetters();
    new EventInvokeConfig(this, 'Failures', {
      function: this.function.function,
      onFailure: deadLetters.takesFrom(this.function),
    });
    return deadLetters;
  }
}

function idIn({ name, topic }: IngestProps, { id }: IngestSource): string {
  return name === undefined ? `${id}-to-${idOfTopic(topic)}` : idOf(name);
}

const ranges = {
  partitions: { least: 1, most: partitionsPerTopicMax, unit: 'partitions' },
  concurrency: { least: 1, most: 100_000, unit: 'events' },
} as const;

function check(props: IngestProps): void {
  const { name, key = 'default' } = props;
  checkName('name', name);
  checkRanges(props, ranges);
  if (ingestKeyForm.test(key) && key.length <= ingestKeyLengthMax) return;
  const forms = "'default', 'none', or a path of names like '$.detail.order-id'";
  throw new TypeError(`key is '${key}': it must be ${forms}`);
}
