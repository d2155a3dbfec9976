// What a stack wants of the engine's own: topics and subscriptions, as a custom resource. Topics
// that a subscription needs are made where they are missing, and stay when the stack goes.

import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from 'aws-lambda';
import { drawSecret } from '../shared/api/v2/subscription-target.ts';
import {
  endSubscription,
  ensureSubscription,
} from '../shared/engine/delivery/ensure-subscription.ts';
import { ensureTopic } from '../shared/engine/ensure-topic.ts';
import { identityIn, ownerIn, physicalIdOf, wantedIn } from './resource-event.ts';
import { onEvent, openSegments, openWakeUps } from './runtime.ts';
import { isOfTopic, provisionTopic } from './topic-resource.ts';

const parts = { objects: openSegments(), wakeUps: openWakeUps() };

export const handler = onEvent(
  'administer',
  parts,
  async (engine, call, event: CdkCustomResourceEvent): Promise<CdkCustomResourceResponse> => {
    if (isOfTopic(event)) return provisionTopic(engine, call, event);
    if (event.RequestType === 'Delete') {
      const { PhysicalResourceId } = event;
      const identity = identityIn(PhysicalResourceId);
      if (identity !== undefined) await endSubscription(engine, call, identity);
      return { PhysicalResourceId };
    }
    const wanted = wantedIn(event, drawSecret({ engine }));
    const PhysicalResourceId = physicalIdOf(wanted);
    for (const topic of wanted.topics) await ensureTopic(engine, call, topic);
    const { subscription } = wanted;
    if (subscription === undefined) return { PhysicalResourceId };
    await ensureSubscription(engine, call, subscription, ownerIn(event, PhysicalResourceId));
    return { PhysicalResourceId };
  },
);
