// SQS as its SendMessageBatch looks from the wire: a server that remembers what it was sent, and
// answers each request as a test says.
//
// Source: the Amazon SQS Developer Guide, "Making requests using the AWS JSON protocol".

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Emulator } from './child-server.ts';
import { startScriptedServer } from './scripted-server.ts';

export type SentEntry = {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
};

export type SentBatch = {
  readonly headers: IncomingHttpHeaders;
  readonly queueUrl: string;
  readonly entries: readonly SentEntry[];
};

/** 'taken': all of them. */
export type SqsAnswer =
  | 'taken'
  | { readonly status: number; readonly type: string; readonly queryError?: string }
  | { readonly failed: readonly FailedEntry[]; readonly unnamed?: readonly string[] };

type FailedEntry = {
  readonly Id: string;
  readonly Code: string;
  readonly Message?: string;
  readonly SenderFault?: boolean;
};

export type SqsFake = Emulator & { readonly batches: readonly SentBatch[] };

export async function startSqsFake(
  answerTo: (batch: SentBatch) => SqsAnswer | Promise<SqsAnswer> = () => 'taken',
): Promise<SqsFake> {
  const batches: SentBatch[] = [];
  const server = await startScriptedServer(async (request, response) => {
    const { QueueUrl: queueUrl, Entries: entries } = JSON.parse(await text(request));
    const batch: SentBatch = { headers: request.headers, queueUrl, entries };
    batches.push(batch);
    answer(response, entries, await answerTo(batch));
  });
  return { ...server, batches };
}

/** In another order than was asked in: SQS promises none. */
function answer(response: ServerResponse, entries: readonly SentEntry[], said: SqsAnswer): void {
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  if (said !== 'taken' && 'status' in said) {
    if (said.queryError !== undefined) response.setHeader('x-amzn-query-error', said.queryError);
    response.writeHead(said.status);
    response.end(JSON.stringify({ __type: said.type, message: `of ${entries[0]?.MessageBody}` }));
    return;
  }
  const { failed, unnamed = [] } = said === 'taken' ? { failed: [] } : said;
  const left = new Set([...failed.map(({ Id }) => Id), ...unnamed]);
  const Successful = entries.filter(({ Id }) => !left.has(Id)).map(takenEntry);
  response.end(JSON.stringify({ Successful: Successful.toReversed(), Failed: failed }));
}

function takenEntry({ Id, MessageBody }: SentEntry) {
  const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
  return { Id, MessageId: `message ${Id}`, MD5OfMessageBody };
}
