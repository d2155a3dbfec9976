// A function that takes what it is given as a test wants it to, and remembers all of it.

import type { Context, SelfManagedKafkaEvent } from 'aws-lambda';

export type Order = {
  /** The function's name: one module may have several. */
  readonly by: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
};

export const story = {
  /** What was given, each delivery as it began. */
  given: [] as (readonly Order[])[],
  /** What was taken. */
  taken: [] as Order[],
  react: takeAll,
};

/** @throws what the delivery is to fail with. */
async function takeAll(_delivery: readonly Order[]): Promise<void> {}

export function beginStory(react: typeof story.react = takeAll): void {
  Object.assign(story, { given: [], taken: [], react });
}

export async function handler(event: SelfManagedKafkaEvent, { functionName: by }: Context) {
  const delivery = Object.values(event.records)
    .flat()
    .map(({ partition, offset, value }) => {
      return { by, partition, offset, value: Buffer.from(value, 'base64').toString() };
    });
  story.given.push(delivery);
  await story.react(delivery);
  story.taken.push(...delivery);
}
