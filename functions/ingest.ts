// What a source brings is appended to a topic. Each source of a stack has a function of its own,
// which is told of its topic where it is deployed.
//
// What a source brings is its own doing, and what a store refuses the store's: it fails by the code
// of that, since what fails without one is told as a mistake of ours.

import { assert } from '../shared/assert.ts';
import { environmentNames } from '../shared/contract.ts';
import { ingest } from '../shared/engine/ingest/ingest.ts';
import { EngineError } from '../shared/errors.ts';
import { batchResponse } from '../shared/ingest/batch-response.ts';
import { parseMapping } from '../shared/ingest/mapping.ts';
import { readSourceEvent } from '../shared/ingest/source-event.ts';
import { environment, onEvent, openSegments, report } from './runtime.ts';

const topic = environment(environmentNames.ingestTopic);
const parsed = parseMapping(JSON.parse(environment(environmentNames.ingestMapping)));
assert(parsed.kind === 'mapping', 'a mapping that the stack has checked');
const { mapping } = parsed;

const parts = { objects: openSegments() };

export const handler = onEvent('ingest', parts, async (engine, call, event: unknown) => {
  const read = readSourceEvent(event, mapping);
  if (read.kind === 'unknown-source') throw new EngineError('INVALID_RECORD', read.reason);
  const { records } = read.event;
  const failures = await ingest(engine, call, { topic, records });
  const answer = batchResponse(read.event, failures);
  if (answer.kind === 'failed') throw new EngineError(answer.code, answer.reason);
  // A thousand of them, most likely for one reason.
  if (failures.length > 0) report({ topic, notStored: failures.length, first: failures[0] });
  return answer.response;
});
