// What the package `sluice` offers: an engine for a stack, its topics, who may call it, what it
// delivers to and what it takes from. All that is not here is its own, and may change.

export { Alarms, type AllAlarmsProps, type EssentialAlarmsProps } from './alarms.ts';
export { type ApiKeyAuth, Auth, type JwtAuth } from './auth.ts';
export { Delivery, type DeliveryProps } from './delivery.ts';
export { DeliveryTarget, type EndpointProps } from './delivery-target.ts';
export { Ingest, type IngestProps } from './ingest.ts';
export {
  type BucketSourceProps,
  IngestSource,
  type QueueSourceProps,
  type StreamSourceProps,
} from './ingest-source.ts';
export type { IMeasuredEngine } from './measured-engine.ts';
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
