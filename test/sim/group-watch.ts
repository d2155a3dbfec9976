// Sees every change of groups as it is stored: who came and went, who had which partition, and what
// was committed. Whether a lease, a session or a generation ever changed in a way that it may not
// is judged here; what needs to know who asked for what is left to checkers.

import { readGroup } from '../../shared/group/group.ts';
import { type Lease, readLease } from '../../shared/group/lease.ts';
import { readMember } from '../../shared/group/member.ts';
import { readTarget } from '../../shared/group/target.ts';
import type { EpochMillis, Incarnation, TopicId } from '../../shared/ids.ts';
import { type Item, numberIn } from '../../shared/store/algebra.ts';
import { groupKey, targetKey } from '../../shared/store/group-items.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import type { ReplicatedTable } from '../world/replicated-table.ts';
import type { Changed } from './log-watch.ts';
import { isOfSubscription } from './triggers/delivery-watch.ts';

export type WatchedCommit = {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The next to read. */
  readonly offset: number;
  /** Of the owner's instance; undefined: it had none. */
  readonly instance: string | undefined;
  readonly event: number;
};

/** A session that was ended. */
export type WatchedEnd = {
  readonly group: string;
  readonly instance: string;
  /** When it would have been over, and the true time at which it was ended. */
  readonly until: EpochMillis;
  readonly at: EpochMillis;
  readonly event: number;
};

/** A partition that an instance took. */
export type WatchedTake = {
  readonly group: string;
  readonly topic: string;
  /** A topic that is made anew under its name is another. */
  readonly topicId: TopicId;
  readonly partition: number;
  readonly instance: string;
  /** Where reading must begin. */
  readonly committed: number;
  readonly event: number;
};

export type GroupWatchParts = {
  readonly stored: ReplicatedTable;
  /** Numbers the events of the run. */
  readonly next: () => number;
  /** The true time. */
  readonly now: () => EpochMillis;
};

const groupPrefix = 'group#';

export class GroupWatch {
  readonly violations: string[] = [];
  readonly commits: WatchedCommit[] = [];
  readonly ends: WatchedEnd[] = [];
  readonly takes: WatchedTake[] = [];
  readonly #names = new Map<Incarnation, string>();
  readonly #ended = new Set<Incarnation>();
  readonly #parts: GroupWatchParts;

  constructor(parts: GroupWatchParts) {
    this.#parts = parts;
  }

  readonly changed: Changed = (key, before, after) => {
    if (!key.pk.startsWith(groupPrefix) || isOfSubscription(key)) return;
    const group = key.pk.slice(groupPrefix.length);
    if (key.sk === 'group') this.#groupChanged(group, before, after);
    if (key.sk === 'target' && after !== undefined) this.#targetChanged(group, after);
    if (key.sk.startsWith('member#') && after !== undefined) {
      const { incarnation, instance } = readMember(after);
      this.#names.set(incarnation, instance);
    }
    if (key.sk.startsWith('lease#')) this.#leaseChanged(group, before, after);
  };

  #groupChanged(name: string, before: Item | undefined, after: Item | undefined): void {
    if (before === undefined || after === undefined) return;
    const [was, is] = [readGroup(name, before), readGroup(name, after)];
    const say = (what: string) => this.violations.push(`group ${name}: ${what}`);
    if (is.generation < was.generation) {
      say(`I18: its generation fell from ${was.generation} to ${is.generation}`);
    }
    for (const [incarnation, until] of is.sessions) {
      if (this.#ended.has(incarnation))
        say(`I18: ${this.#nameOf(incarnation)}, ${incarnation}, is in it again`);
      const before = was.sessions.get(incarnation);
      if (before !== undefined && until < before) say(`I22: a session was made shorter`);
    }
    const event = this.#parts.next();
    for (const [incarnation, until] of was.sessions) {
      if (is.sessions.has(incarnation)) continue;
      this.#ended.add(incarnation);
      const instance = this.#nameOf(incarnation);
      this.ends.push({ group: name, instance, until, at: this.#parts.now(), event });
    }
  }

  #targetChanged(name: string, item: Item): void {
    const { stored } = this.#parts;
    const group = stored.peek(groupKey(name));
    const { sessions, generation } = readGroup(name, group as Item);
    const target = readTarget(item);
    const say = (what: string) => this.violations.push(`group ${name}: ${what}`);
    if (target.generation !== generation) {
      say(`its target is of ${target.generation}, and it is at ${generation}`);
    }
    const gone = target.topics.flatMap(({ owners }) => owners).find((one) => !sessions.has(one));
    if (gone !== undefined) say('I26: its target names who is gone');
  }

  #targetOwnerOf(group: string, { id }: Lease): Incarnation | undefined {
    const item = this.#parts.stored.peek(targetKey(group));
    const topics = item === undefined ? [] : readTarget(item).topics;
    return topics.find((topic) => topic.id === id.topicId)?.owners[id.partition];
  }

  #leaseChanged(group: string, before: Item | undefined, after: Item | undefined): void {
    if (after === undefined) return;
    const is = readLease(after);
    const was = before === undefined ? undefined : readLease(before);
    const place = `${is.topic}-${is.id.partition}`;
    const say = (what: string) => this.violations.push(`group ${group}, ${place}: ${what}`);
    const item = this.#parts.stored.peek(groupKey(group));
    const { sessions, life } = readGroup(group, item as Item);
    if (was !== undefined && is.fence < was.fence) say('I18: its fence fell');
    if (is.owner !== was?.owner) {
      if (is.owner !== undefined && is.fence <= (was?.fence ?? 0)) {
        say('I21: it was taken, and its fence was not raised');
      }
      const isLive = was?.owner !== undefined && sessions.has(was.owner);
      const due = this.#targetOwnerOf(group, is);
      if (is.owner !== undefined && is.owner !== due) {
        say(`I21: ${this.#nameOf(is.owner)} took it, and is not to have it`);
      }
      if (is.owner !== undefined) {
        this.takes.push({
          group,
          topic: is.topic,
          ...is.id,
          instance: this.#nameOf(is.owner),
          committed: (is.life === life ? is.commit?.offset : undefined) ?? 0,
          event: this.#parts.next(),
        });
      }
      if (isLive && is.owner !== undefined) {
        say(`I21: it was taken from ${this.#nameOf(was.owner)}, who has it and is there`);
      }
      if (isLive && is.owner === undefined && was.owner === due) {
        say(`I26: ${this.#nameOf(was.owner)} gave it up, and is to have it`);
      }
    }
    if (is.life === life) this.#committed(group, was?.life === life ? was : undefined, is, say);
  }

  #committed(group: string, was: Lease | undefined, is: Lease, say: (what: string) => void): void {
    const [before, offset] = [was?.commit?.offset, is.commit?.offset];
    if (offset === before) return;
    if (offset === undefined || offset < (before ?? 0)) {
      say(`I19: what is committed fell from ${before} to ${offset}`);
      return;
    }
    const head = this.#parts.stored.peek(headKey(is.id));
    const end = head === undefined ? offset : numberIn(head, headItem.nextOffset);
    if (offset > end) say(`I19: ${offset} is committed, and the log ends at ${end}`);
    const owner = is.owner ?? was?.owner;
    const instance = owner === undefined ? undefined : this.#nameOf(owner);
    const event = this.#parts.next();
    this.commits.push({
      group,
      topic: is.topic,
      partition: is.id.partition,
      offset,
      instance,
      event,
    });
  }

  #nameOf(incarnation: Incarnation): string {
    return this.#names.get(incarnation) ?? 'a stranger';
  }
}
