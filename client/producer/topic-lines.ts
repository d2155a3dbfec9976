// Calls that wait until their topics are known, in a line for each topic. A call goes on when it is
// the first in all of its lines: so each topic's calls go on in the order in which they came, and a
// topic that nobody answers for holds up no other's.

/** Of a call that waits. @property isOver nobody waits for it any more. */
export type InLine = { readonly send: { readonly isOver: boolean } };

type Place<Call> = { readonly call: Call; readonly topics: readonly string[]; hasLeft: boolean };

export class TopicLines<Call extends InLine> {
  readonly #lines = new Map<string, Line<Place<Call>>>();

  /** Whether somebody waits for one of these. */
  holds(topics: readonly { readonly topic: string }[]): boolean {
    return this.#lines.size > 0 && topics.some(({ topic }) => this.#lines.has(topic));
  }

  join(call: Call, topics: ReadonlySet<string>): void {
    const place = { call, topics: [...topics], hasLeft: false };
    for (const topic of topics) {
      const line = this.#lines.get(topic) ?? new Line();
      this.#lines.set(topic, line);
      line.push(place);
    }
  }

  /** The calls that wait for a topic, in their order. */
  of(topic: string): readonly Call[] {
    return this.#lines.get(topic)?.items.map(({ call }) => call) ?? [];
  }

  /** Something has changed for the topic, or for a call of it.
   * @param mayGo asked of a call that is the first in all of its lines.
   * @returns those that have left, in their order: also the first of a line that is over. */
  advance(topic: string, mayGo: (call: Call) => boolean): readonly Call[] {
    const left: Call[] = [];
    const topics = [topic];
    for (let name = topics.pop(); name !== undefined; name = topics.pop()) {
      const line = this.#lines.get(name);
      const first = line?.first;
      if (line === undefined || first === undefined) {
        this.#lines.delete(name);
        continue;
      }
      const { call } = first;
      if (first.hasLeft) {
        line.shift();
        topics.push(name);
      } else if (call.send.isOver || (this.#isFirst(first) && mayGo(call))) {
        first.hasLeft = true;
        topics.push(...first.topics);
        left.push(call);
      }
    }
    return left;
  }

  #isFirst(place: Place<Call>): boolean {
    return place.topics.every((topic) => this.#lines.get(topic)?.first === place);
  }
}

/** Whose first is taken from without moving all the others. */
class Line<Item> {
  #items: Item[] = [];
  #begin = 0;

  get items(): readonly Item[] {
    return this.#items.slice(this.#begin);
  }

  get first(): Item | undefined {
    return this.#items[this.#begin];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): void {
    this.#begin++;
    if (2 * this.#begin < this.#items.length) return;
    this.#items = this.#items.slice(this.#begin);
    this.#begin = 0;
  }
}
