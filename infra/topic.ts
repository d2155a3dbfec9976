// A topic of an engine, as a stack wants it: made with the stack, and changed with it. The engine
// is asked by a custom resource, and refuses what it would refuse of anybody; what can be judged
// before is.

import { Names, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { type ConfigName, isConfigName, topicConfigs } from '../shared/config-specs.ts';
import { provisionedTopicName } from '../shared/contract.ts';
import { partitionsPerTopicMax } from '../shared/limits.ts';
import type { IMessageEngine, MessageEngine } from './message-engine.ts';
import { checkName, idOf } from './names.ts';
import { checkRange, checkRemovalPolicy } from './ranges.ts';

/** A topic, made here or elsewhere. */
export interface ITopic extends IConstruct {
  readonly engine: IMessageEngine;
  /** Of one that is made here: known once it is made, so that whoever uses it comes after it. */
  readonly topicName: string;

  /** Lets someone produce to it. @throws TypeError as the engine's; so do the others. */
  grantProduce(grantee: IGrantable): Grant;
  /** Lets someone fetch its records and read its partitions' offsets. */
  grantFetch(grantee: IGrantable): Grant;
  /** Lets someone consume it in that group: in which he may read every topic, since topics are
   * named in bodies there. */
  grantConsume(grantee: IGrantable, group: string): Grant;
  /** Lets someone describe, change and delete it, and delete its records. */
  grantAdmin(grantee: IGrantable): Grant;
}

/** Kafka's names, and values in Kafka's text: `{ 'retention.ms': '86400000' }`. */
export type TopicConfigs = Readonly<Partial<Record<ConfigName, string>>>;

export interface TopicProps {
  /** Of this app. */
  readonly engine: MessageEngine;

  /** 1 to 249 of a-z, A-Z, 0-9, '.', '_', '-'. Another one is another topic: it is made, and what
   * becomes of the old one says removalPolicy.
   * @default the construct's id */
  readonly topicName?: string;

  /** 1 to 1000. They are only ever added: fewer than there are fail the deployment. Which partition
   * a key belongs to changes with their number.
   * @default 1; a topic that is there already keeps its own */
  readonly partitions?: number;

  /** Settings that are not at their defaults (shared/config-specs.ts has names, ranges and
   * defaults). One that is named no more is at its default again; what was set by hand and is named
   * nowhere here stays.
   * @default none */
  readonly configs?: TopicConfigs;

  /** What becomes of the topic, and its records, when it is no longer wanted. DESTROY deletes what
   * this construct has made, and nothing else: a topic that was there before stays whatever is said
   * here, and so does one that two constructs or stacks have wanted.
   * @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

export interface TopicAttributes {
  readonly engine: IMessageEngine;
  readonly topicName: string;
}

abstract class TopicBase extends Construct implements ITopic {
  abstract readonly engine: IMessageEngine;
  abstract readonly topicName: string;
  /** Its name, for policies and other names, which need not wait for it. */
  abstract readonly plainName: string;

  grantProduce(grantee: IGrantable): Grant {
    return this.engine.grantProduce(grantee, this.plainName);
  }

  grantFetch(grantee: IGrantable): Grant {
    return this.engine.grantFetch(grantee, this.plainName);
  }

  grantConsume(grantee: IGrantable, group: string): Grant {
    return this.engine.grantConsume(grantee, group);
  }

  grantAdmin(grantee: IGrantable): Grant {
    return this.engine.grantAdmin(grantee, this.plainName);
  }
}

/** A topic that is there already, perhaps made by hand, is taken over as it is: its settings are
 * set and its partitions added, none of which is taken back when the deployment fails. It is never
 * deleted with the stack. So deliverTo and ingestFrom are given the Topic, not its name: else they
 * may come first, and have made it. */
export class Topic extends TopicBase {
  /** A topic that something else sees to.
   * @throws TypeError when topicName is no topic's. */
  static fromAttributes(scope: Construct, id: string, attributes: TopicAttributes): ITopic {
    return new ImportedTopic(scope, id, attributes);
  }

  readonly engine: MessageEngine;
  readonly topicName: string;
  readonly plainName: string;

  /** @throws RangeError, TypeError that names a prop, its value and the bound. */
  constructor(scope: Construct, id: string, props: TopicProps) {
    super(scope, id);
    const { engine, topicName = id, partitions, configs = {}, removalPolicy } = props;
    checkName('topicName', topicName);
    checkRange('partitions', partitions, partitionsRange);
    checkConfigs(configs);
    checkRemovalPolicy(removalPolicy);
    this.engine = engine;
    this.plainName = topicName;
    const resource = engine.provisionTopic(this, 'Resource', {
      topic_name: topicName,
      partitions_count: partitions,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    });
    resource.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.RETAIN);
    this.topicName = resource.getAttString(provisionedTopicName);
  }
}

class ImportedTopic extends TopicBase {
  readonly engine: IMessageEngine;
  readonly topicName: string;
  readonly plainName: string;

  constructor(scope: Construct, id: string, { engine, topicName }: TopicAttributes) {
    checkName('topicName', topicName);
    super(scope, id);
    this.engine = engine;
    this.topicName = topicName;
    this.plainName = topicName;
  }
}

/** The name of one that is given so or so. */
export function nameOfTopic(topic: ITopic | string): string {
  return typeof topic === 'string' ? topic : topic.topicName;
}

/** What tells a topic by its name where its construct's id does not: that stays when a topic gets
 * another name, which is another topic. Undefined: there is nothing to add. */
export function renamingOf(topic: ITopic | string): string | undefined {
  if (typeof topic === 'string') return undefined;
  const name = topic instanceof TopicBase ? topic.plainName : topic.topicName;
  return Token.isUnresolved(name) || name === topic.node.id ? undefined : name;
}

/** The part of a construct's id that tells it by that topic. */
export function idOfTopic(topic: ITopic | string): string {
  return typeof topic === 'string' ? idOf(topic) : Names.nodeUniqueId(topic.node);
}

/** Of the engine's own topics only it can be told, and how many partitions one has, it says itself.
 * @throws TypeError that names the prop. */
export function checkTopic(
  prop: string,
  topic: ITopic | string | undefined,
  { engine, partitions }: { readonly engine: IMessageEngine; readonly partitions?: number },
): void {
  if (typeof topic !== 'object') {
    checkName(prop, topic);
    return;
  }
  if (topic.engine !== engine) {
    const theirs = topic.engine.node.path;
    throw new TypeError(`${prop} is of the engine ${theirs}: it must be of ${engine.node.path}`);
  }
  if (partitions === undefined) return;
  throw new TypeError(
    `partitions is ${partitions}: it must not be set with a Topic, which says it`,
  );
}

const partitionsRange = { least: 1, most: partitionsPerTopicMax, unit: 'partitions' } as const;

function checkConfigs(configs: TopicConfigs): void {
  for (const [name, value] of Object.entries(configs)) {
    if (!isConfigName(name)) {
      const names = Object.keys(topicConfigs).join(', ');
      throw new TypeError(`configs has '${name}': it must be one of ${names}`);
    }
    if (Token.isUnresolved(value)) continue;
    const fault = topicConfigs[name].fault(value);
    if (fault !== undefined) throw new RangeError(`configs['${name}'] is '${value}': it ${fault}`);
  }
}
