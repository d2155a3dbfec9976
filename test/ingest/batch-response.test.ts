// A source brings again what was not stored, and nothing that was.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchResponse } from '../../shared/ingest/batch-response.ts';
import { readSourceEvent } from '../../shared/ingest/source-event.ts';
import {
  dynamoDbEvent,
  eventBridgeEvent,
  kinesisEvent,
  kinesisSequences,
  s3Event,
  snsEvent,
  sqsEvent,
  sqsMessage,
  tenantMessage,
} from './events.ts';

function eventOf(event: unknown) {
  const read = readSourceEvent(event, {});
  if (read.kind !== 'event') throw new Error(read.reason);
  return read.event;
}

const notStored = (index: number) => {
  return { index, code: 'THROTTLED', reason: 'THROTTLED' } as const;
};

describe('a source that takes a list', () => {
  test('is given what it calls those that were not stored', () => {
    expect(batchResponse(eventOf(sqsEvent), [notStored(1)])).toEqual({
      kind: 'returned',
      response: { batchItemFailures: [{ itemIdentifier: tenantMessage.messageId }] },
    });
    expect(batchResponse(eventOf(kinesisEvent), [notStored(0), notStored(1)])).toEqual({
      kind: 'returned',
      response: {
        batchItemFailures: kinesisSequences.map((itemIdentifier) => ({ itemIdentifier })),
      },
    });
    expect(batchResponse(eventOf(dynamoDbEvent), [notStored(1)])).toMatchObject({
      response: { batchItemFailures: [{ itemIdentifier: '4421584500000000017450439092' }] },
    });
  });

  test('is told that all went well by an empty one', () => {
    for (const event of [sqsEvent, kinesisEvent, dynamoDbEvent]) {
      expect(batchResponse(eventOf(event), [])).toEqual({
        kind: 'returned',
        response: { batchItemFailures: [] },
      });
    }
  });

  test('gets no list that leaves one out: what has no name fails the batch', () => {
    const { messageId: _, ...nameless } = sqsMessage;
    const event = eventOf({ Records: [nameless, tenantMessage] });
    const bad = { index: 0, code: 'INVALID_RECORD', reason: 'messageId: must be text' } as const;
    expect(batchResponse(event, [bad, notStored(1)])).toEqual({
      kind: 'failed',
      code: 'INVALID_RECORD',
      reason: 'record 0 of sqs was not stored: messageId: must be text',
    });
  });
});

test('any other fails as a whole, or not at all', () => {
  for (const event of [snsEvent, s3Event, eventBridgeEvent].map(eventOf)) {
    expect(batchResponse(event, [notStored(0)])).toMatchObject({ kind: 'failed' });
    expect(batchResponse(event, [])).toMatchObject({ kind: 'returned' });
  }
});

test('nothing that was not stored is taken for stored', () => {
  const identifiers = fc.array(fc.option(fc.uuid(), { nil: undefined }), { minLength: 1 });
  fc.assert(
    fc.property(identifiers, fc.array(fc.nat()), (names, picks) => {
      const records = names.map((identifier) => ({ bad: 'x', identifier, lane: undefined }));
      const failures = [...new Set(picks.map((pick) => pick % names.length))].map(notStored);
      const answer = batchResponse({ source: 'sqs', records }, failures);
      if (answer.kind === 'failed') return;
      const named = answer.response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      expect(named).toEqual(failures.map(({ index }) => names[index]));
    }),
  );
});
