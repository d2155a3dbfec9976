// What CloudFormation asks of a custom resource: topics that are to be there, and perhaps a
// subscription. Its physical id tells it from others, so that one of another topic, group or name
// is another resource, made before the old one is removed.
//
//     topic/group/name   of a subscription, each in URL encoding: a group may have slashes
//     topic              where topics alone are wanted
//
// One topic that is to be so is topic-resource.ts's.
//
// Source: "Provider Framework" in the documentation of aws-cdk-lib's custom_resources.

import type { CdkCustomResourceEvent } from 'aws-lambda';
import { checked } from '../shared/api/request-body.ts';
import { createSubscriptionBody } from '../shared/api/schemas/subscriptions.ts';
import { subscriptionIn } from '../shared/api/v2/subscription-body.ts';
import { type ProvisionedTopic, provisionProperties } from '../shared/contract.ts';
import type {
  SubscriptionIdentity,
  WantedSubscription,
} from '../shared/engine/delivery/ensure-subscription.ts';

export type WantedResource = {
  readonly topics: readonly ProvisionedTopic[];
  readonly subscription: WantedSubscription | undefined;
};

/** @param drawn as subscriptionIn has it.
 * @throws EngineError MALFORMED_FIELD, INVALID_FIELD. */
export function wantedIn(
  { ResourceProperties: properties }: CdkCustomResourceEvent,
  drawn: string,
): WantedResource {
  const topics: readonly ProvisionedTopic[] = JSON.parse(properties[provisionProperties.topics]);
  const body: unknown = properties[provisionProperties.subscription];
  if (typeof body !== 'string') return { topics, subscription: undefined };
  return {
    topics,
    subscription: subscriptionIn(checked(createSubscriptionBody, JSON.parse(body)), drawn),
  };
}

export function physicalIdOf({ topics, subscription }: WantedResource): string {
  if (subscription === undefined) return encodeURIComponent(topics[0]?.name ?? '');
  const { topic, group, name } = subscription;
  return [topic, group, name].map(encodeURIComponent).join('/');
}

/** undefined: topics alone were wanted, which stay. */
export function identityIn(physicalId: string): SubscriptionIdentity | undefined {
  const [topic, group, name] = physicalId.split('/').map(decodeURIComponent);
  if (topic === undefined || group === undefined || name === undefined) return undefined;
  return { topic, group, name };
}

/** Who changes what he has made knows that it is his; who makes it may have tried before. */
export function ownerIn(event: CdkCustomResourceEvent, physicalId: string): 'known' | 'unknown' {
  const isOwn = event.RequestType === 'Update' && event.PhysicalResourceId === physicalId;
  return isOwn ? 'known' : 'unknown';
}
