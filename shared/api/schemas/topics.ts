// Bodies of v3's topic requests. What a name, a count or a setting may be, the engine knows; here
// is their shape.

import * as z from 'zod/mini';
import { topicConfigs } from '../../config-specs.ts';
import { boundedList } from './bounded-list.ts';
import { integer } from './integer.ts';

/** Twice what there is: a request may name some again, and none needs more. */
const configsMax = 2 * Object.keys(topicConfigs).length;

const configValue = z.strictObject({ name: z.string(), value: z.string() });

export const createTopicBody = z.strictObject({
  topic_name: z.string(),
  partitions_count: z.nullish(z.int()),
  /** Taken and not used: the object store keeps copies. */
  replication_factor: z.nullish(integer({ min: -1, max: 32_767 })),
  configs: z.nullish(boundedList(configValue, { max: configsMax })),
  validate_only: z.nullish(z.boolean()),
});

export const growTopicBody = z.strictObject({ partitions_count: z.int() });

export const setConfigBody = z.strictObject({ value: z.string() });

export const alterConfigsBody = z.strictObject({
  data: boundedList(
    z.strictObject({
      name: z.string(),
      value: z.nullish(z.string()),
      operation: z.nullish(z.enum(['SET', 'DELETE'])),
    }),
    { min: 1, max: configsMax },
  ),
  validate_only: z.nullish(z.boolean()),
});
