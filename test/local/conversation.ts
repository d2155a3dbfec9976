// What the tests say to a server over HTTP, each in one call.

export const json = 'application/vnd.kafka.json.v2+json';
export const text = 'application/vnd.kafka.text.v2+json';
export const batches = 'application/vnd.sluice.batches';

/** @throws Error when it was not made. */
export async function createTopic(url: string, name: string, partitions = 1): Promise<void> {
  const response = await fetch(`${url}/v3/clusters/sluice/topics`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ topic_name: name, partitions_count: partitions }),
  });
  await expectStatus(response, 201);
}

/** @param path `topics/T` or `topics/T/partitions/P`.
 * @returns where each record is, in order.
 * @throws Error unless all were stored. */
export async function produce(
  url: string,
  path: string,
  records: readonly object[],
  type = text,
): Promise<readonly { readonly partition: number; readonly offset: number }[]> {
  const body = JSON.stringify({ records });
  const request = { method: 'POST', headers: { 'Content-Type': type }, body };
  const response = await expectStatus(await fetch(`${url}/${path}`, request), 200);
  const { offsets } = (await response.json()) as Produced;
  const failed = offsets.find(({ error_code }) => error_code !== null);
  if (failed !== undefined) throw new Error(`not stored: ${failed.error_code}`);
  return offsets;
}

type Produced = {
  readonly offsets: readonly {
    readonly partition: number;
    readonly offset: number;
    readonly error_code: number | null;
  }[];
};

/** @returns the offset of the first of the records.
 * @throws Error unless all were stored. */
export async function produceRaw(url: string, path: string, body: Uint8Array): Promise<number> {
  const request = { method: 'POST', headers: { 'Content-Type': batches }, body: Buffer.from(body) };
  const response = await expectStatus(await fetch(`${url}/${path}`, request), 200);
  return ((await response.json()) as { readonly base_offset: number }).base_offset;
}

export type Fetched = {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
};

/** All that a partition holds, as text.
 * @throws Error when a fetch fails. */
export async function fetchAll(url: string, topic: string, partition = 0): Promise<Fetched[]> {
  const all: Fetched[] = [];
  for (;;) {
    const query = `offset=${all.length}&max_bytes=1000000`;
    const path = `topics/${topic}/partitions/${partition}/records?${query}`;
    const response = await fetch(`${url}/${path}`, { headers: { Accept: text } });
    const records = (await (await expectStatus(response, 200)).json()) as readonly Fetched[];
    if (records.length === 0) return all;
    all.push(...records);
  }
}

export async function endOffset(url: string, topic: string, partition = 0): Promise<number> {
  const response = await fetch(`${url}/topics/${topic}/partitions/${partition}/offsets`);
  const offsets = (await (await expectStatus(response, 200)).json()) as { end_offset: number };
  return offsets.end_offset;
}

async function expectStatus(response: Response, status: number): Promise<Response> {
  if (response.status === status) return response;
  throw new Error(`${response.url} answers ${response.status}: ${await response.text()}`);
}
