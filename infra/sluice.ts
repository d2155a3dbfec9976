// What the package `sluice-cdk` offers: an engine for a stack, its topics, who may call it, what it
// delivers to and what it takes from. All that is not here is its own, and may change.

export { type ApiKeyAuth, Auth, type JwtAuth } from './access/auth.ts';
export {
  type IMessageEngine,
  MessageEngine,
  type MessageEngineAttributes,
} from './message-engine.ts';
export type { MessageEngineProps } from './settings.ts';
export {
  type ITopic,
  Topic,
  type TopicAttributes,
  type TopicConfigs,
  type TopicProps,
} from './topic.ts';
export { Delivery, type DeliveryProps } from './triggers/delivery.ts';
export { DeliveryTarget, type EndpointProps } from './triggers/delivery-target.ts';
export { Ingest, type IngestProps } from './triggers/ingest.ts';
export {
  type BucketSourceProps,
  IngestSource,
  type QueueSourceProps,
  type StreamSourceProps,
} from './triggers/ingest-source.ts';
export { Alarms, type AllAlarmsProps, type EssentialAlarmsProps } from './watch/alarms.ts';
export type { IMeasuredEngine } from './watch/measured-engine.ts';
