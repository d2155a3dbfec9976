// The traffic of a workload, run through the engine's own API: requests that send at their rate,
// members, readers and subscriptions that get all of it. First a little that is not counted, so
// that processes are warm and groups settled; then what is.

import { refsPerChunk } from '../shared/limits.ts';
import type { Targets } from '../shared/ports/targets.ts';
import { type Account, openAccount } from './account.ts';
import { Fleet } from './fleet.ts';
import { recordTexts } from './records.ts';
import { subscribe } from './subscribe.ts';
import { Triggers } from './triggers.ts';
import { scaled, since, type Usage, usage } from './usage.ts';
import type { Workload } from './workload.ts';

const topic = 'orders';
const binary = 'application/vnd.kafka.binary.v2+json';
const v2 = 'application/vnd.kafka.v2+json';

/** Requests that are counted: about so many. */
const sampleRequests = 160;
/** How long those are watched who find nothing. */
const idleSeconds = 60;
/** Looks whether all have got all. */
const lookMillis = 20;

export type Traffic = {
  /** Of each request, with all that gets its records. */
  readonly perRequest: Usage;
  /** Of each second in which nothing is sent: those who ask all the same. */
  readonly perIdleSecond: Usage;
  /** Stored, of each request. */
  readonly objectBytes: number;
};

export function countTraffic(workload: Workload): Promise<Traffic> {
  const account = openAccount(1);
  return account.world.time.run(new Sample(account, workload).count());
}

class Sample {
  readonly #account: Account;
  readonly #workload: Workload;
  readonly #triggers: Triggers;
  readonly #producers: Fleet;
  readonly #groups: Fleet;
  readonly #readers: Fleet;
  /** Records that each who gets all has got. */
  readonly #given = new Map<string, number>();
  readonly #asking: Promise<void>[] = [];
  readonly #texts: readonly string[];
  #sent = 0;
  #isOver = false;

  constructor(account: Account, workload: Workload) {
    this.#account = account;
    this.#workload = workload;
    this.#texts = recordTexts(workload);
    this.#triggers = new Triggers(account, this.#targets());
    const { table } = this.#triggers;
    this.#producers = new Fleet(account, { table, onlyAppends: true });
    this.#groups = new Fleet(account, { table });
    this.#readers = new Fleet(account, { table });
  }

  async count(): Promise<Traffic> {
    const { time } = this.#account.world;
    await this.#settle();
    const idleFrom = this.#account.used();
    await time.sleep(1_000 * idleSeconds);
    const perIdleSecond = scaled(since(idleFrom, this.#account.used()), 1 / idleSeconds);
    const busy = await this.#countBusy();
    this.#isOver = true;
    await Promise.all(this.#asking);
    return { ...busy, perIdleSecond };
  }

  async #countBusy(): Promise<Omit<Traffic, 'perIdleSecond'>> {
    const { sends, partitions, reach } = this.#workload;
    if (sends === 0) return { perRequest: usage({}), objectBytes: 0 };
    // Whole chunks of every partition: each has its roll.
    const chunk = (refsPerChunk * partitions) / reach;
    await this.#send(Math.ceil(chunk));
    const chunks = Math.max(chunk > sampleRequests ? 1 : 2, Math.floor(sampleRequests / chunk));
    const requests = Math.ceil(chunk * chunks);
    const { stored } = this.#account;
    const bytesBefore = stored.objectBytes;
    const before = this.#account.used();
    await this.#send(requests);
    return {
      perRequest: scaled(since(before, this.#account.used()), 1 / requests),
      objectBytes: (stored.objectBytes - bytesBefore) / requests,
    };
  }

  /** Resolves when all have got them. */
  async #send(requests: number): Promise<void> {
    const { sends, records } = this.#workload;
    const { time } = this.#account.world;
    const sending = Array.from({ length: requests }, async (_, index) => {
      await time.sleep((index * 1_000) / sends);
      await this.#producers.request(`POST /topics/${topic}`, this.#body(index), binary);
    });
    await time.sleep((requests * 1_000) / sends);
    await Promise.all(sending);
    this.#sent += requests * records;
    const all = [...this.#given.keys()];
    while (all.some((name) => (this.#given.get(name) ?? 0) < this.#sent)) {
      await time.sleep(lookMillis);
    }
    while (!this.#triggers.isIdle) await time.sleep(lookMillis);
  }

  /** Of the partitions that are next. */
  #body(index: number): string {
    const { records, reach, partitions } = this.#workload;
    const list = Array.from({ length: records }, (_, at) => {
      const value = this.#texts[(index + at) % this.#texts.length];
      const partition = (index * reach + (at % reach)) % partitions;
      return `{"value":"${value}","partition":${partition}}`;
    });
    return `{"records":[${list.join(',')}]}`;
  }

  /** All is made, and nobody has anything to find out any more. */
  async #settle(): Promise<void> {
    const { partitions, groups, members, readers, subscriptions } = this.#workload;
    const setUp = new Fleet(this.#account, this.#triggers);
    const made = `{"topic_name":"${topic}","partitions_count":${partitions}}`;
    await setUp.request('POST /v3/clusters/sluice/topics', made);
    for (let one = 0; one < subscriptions; one++)
      await this.#subscribe(setUp, `subscription-${one}`);
    for (let group = 0; group < groups; group++) {
      const name = `group-${group}`;
      this.#given.set(name, 0);
      for (let member = 0; member < members; member++) await this.#join(name, `member-${member}`);
    }
    for (let reader = 0; reader < readers; reader++) {
      this.#given.set(`reader-${reader}`, 0);
      for (let partition = 0; partition < partitions; partition++) {
        this.#asking.push(this.#read(`reader-${reader}`, partition));
      }
    }
    await this.#account.world.time.sleep(1_000 * idleSeconds);
  }

  async #subscribe(setUp: Fleet, name: string): Promise<void> {
    this.#given.set(name, 0);
    await subscribe(setUp, topic, name);
  }

  async #join(group: string, name: string): Promise<void> {
    const wanted = { name, format: 'binary', 'auto.offset.reset': 'latest' };
    await this.#groups.request(`POST /consumers/${group}`, JSON.stringify(wanted), v2);
    const instance = `/consumers/${group}/instances/${name}`;
    await this.#groups.request(`POST ${instance}/subscription`, `{"topics":["${topic}"]}`, v2);
    const poll = `GET ${instance}/records?timeout=${this.#workload.waitMillis}`;
    this.#asking.push(
      this.#ask(group, async () => recordsIn((await this.#groups.request(poll)).body)),
    );
  }

  #read(name: string, partition: number): Promise<void> {
    const path = `/topics/${topic}/partitions/${partition}/records`;
    let offset = 0;
    return this.#ask(name, async () => {
      const query = `offset=${offset}&timeout=${this.#workload.waitMillis}`;
      const { headers } = await this.#readers.request(`GET ${path}?${query}`);
      const next = Number(headers.get('Sluice-Next-Offset'));
      const found = next - offset;
      offset = next;
      return found;
    });
  }

  /** Again and again; who finds nothing rests. @param look how many records it has found. */
  async #ask(name: string, look: () => Promise<number>): Promise<void> {
    while (!this.#isOver) {
      const found = await look();
      this.#given.set(name, (this.#given.get(name) ?? 0) + found);
      if (found === 0) await this.#account.world.time.sleep(this.#workload.pauseMillis);
    }
  }

  #targets(): Targets {
    const refuse = async () => {
      throw new Error('subscriptions are to functions');
    };
    return {
      post: refuse,
      send: refuse,
      invoke: async ({ functionName, payload }) => {
        await this.#account.world.time.sleep(this.#workload.targetMillis);
        const given = this.#given.get(functionName) ?? 0;
        this.#given.set(functionName, given + recordsIn(payload));
        return { kind: 'returned', payload: '' };
      },
    };
  }
}

/** No value says so itself: they are base64. */
function recordsIn(body: string): number {
  return body.split('"offset":').length - 1;
}
