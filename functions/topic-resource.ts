// A topic of a stack, over the life of its custom resource. Its physical id is its name: one of
// another name is another resource, made before the old one is removed.
//
// Whether the topic is the resource's own to delete, the topic's item says (engine/settle-topic.ts)
// and no physical id: that would change with what others do to the topic, and CloudFormation
// deletes whatever had the old one.

import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from 'aws-lambda';
import { checked } from '../shared/api/request-body.ts';
import { createTopicBody } from '../shared/api/schemas/topics.ts';
import { provisionedTopicName, provisionProperties } from '../shared/contract.ts';
import type { Call, Engine } from '../shared/engine/engine.ts';
import { endTopic, settleTopic, type WantedTopic } from '../shared/engine/settle-topic.ts';

export function isOfTopic({ ResourceProperties: properties }: CdkCustomResourceEvent): boolean {
  return provisionProperties.topic in properties;
}

/** @throws EngineError MALFORMED_FIELD, INVALID_FIELD; as settleTopic and endTopic. */
export async function provisionTopic(
  engine: Engine,
  call: Call,
  event: CdkCustomResourceEvent,
): Promise<CdkCustomResourceResponse> {
  const maker = makerOf(event);
  if (event.RequestType === 'Delete') {
    const { PhysicalResourceId } = event;
    await endTopic(engine, call, { name: decodeURIComponent(PhysicalResourceId), maker });
    return { PhysicalResourceId };
  }
  const asked = wishOf(checked(createTopicBody, bodyIn(event.ResourceProperties)));
  const before = event.RequestType === 'Update' ? wishBefore(event) : undefined;
  const isSame = before?.name === asked.name;
  const { name } = await settleTopic(engine, call, {
    ...asked,
    maker,
    ...(isSame && { before }),
  });
  return {
    PhysicalResourceId: encodeURIComponent(name),
    Data: { [provisionedTopicName]: name },
  };
}

/** The same for as long as the resource is in its stack, and no other resource's ever. */
function makerOf({ StackId, LogicalResourceId }: CdkCustomResourceEvent): string {
  return `${StackId}/${LogicalResourceId}`;
}

type NamedWish = Omit<WantedTopic, 'maker' | 'before'>;

/** What was refused the last time is no reason to refuse what is asked instead. */
function wishBefore(event: CdkCustomResourceEvent & { RequestType: 'Update' }) {
  const { data } = createTopicBody.safeParse(bodyIn(event.OldResourceProperties));
  return data && wishOf(data);
}

function wishOf(body: ReturnType<typeof createTopicBody.parse>): NamedWish {
  const configs = new Map((body.configs ?? []).map(({ name, value }) => [name, value]));
  const { topic_name: name, partitions_count: partitions } = body;
  return { name, configs, ...(typeof partitions === 'number' && { partitions }) };
}

function bodyIn(properties: CdkCustomResourceEvent['ResourceProperties']): unknown {
  return JSON.parse(properties[provisionProperties.topic]);
}
