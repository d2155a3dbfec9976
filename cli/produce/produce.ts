// `sluice produce`: messages from standard input or files to a topic, batched as the producer does.

import { type Command, Option } from 'commander';
import type { IHeaders } from '../../client/producer/messages.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { exitCodes } from '../exit-codes.ts';
import { UsageError } from '../faults.ts';
import { pair, whole } from '../option-values.ts';
import type { Shell } from '../shell.ts';
import { counted } from '../texts.ts';
import { inputsOf, type NamedInput, readEach } from './inputs.ts';
import { showProgress } from './progress.ts';
import { type Format, formats, messagesIn } from './read-messages.ts';
import { SendAll, type Sent } from './send-all.ts';

export function addProduce(program: Command, shell: Shell): void {
  const produce = program.command('produce <topic> [files...]');
  produce.description('send messages from standard input, or from files');
  produce.addOption(
    new Option('--format <kind>', 'a message a line, a JSON object a line, or all one message')
      .choices(formats)
      .default('lines'),
  );
  produce.option('-K, --key-separator <text>', 'of lines: it stands between key and value');
  produce.option('-Z, --null <text>', 'of lines: a value that stands for none, a tombstone');
  produce.option('-k, --record-key <text>', 'the key of all messages');
  produce.option('-H, --headers <name=value>', 'of all messages; may be said several times', pair);
  produce.option('-p, --partition <n>', 'where all messages go (where their keys belong)', whole());
  produce.option('--rate <n>', 'messages a second, at most', whole(1));
  produce.option('--linger <ms>', 'how long a message waits for others (5)', whole());
  produce.addOption(
    new Option('--compression <codec>', 'of batches (zstd)').choices(['zstd', 'gzip', 'none']),
  );
  produce.option('--progress', 'say on standard error how far it is');
  withExamples(
    produce.action(shell.runs(run)),
    'echo hello | sluice produce orders',
    "printf 'k1:one\\nk2:two\\n' | sluice produce orders --key-separator :",
    'sluice consume orders --json | sluice produce copy --format ndjson # with keys and headers',
    'sluice produce pictures --format file --record-key cat cat.jpg',
    'sluice produce load events.log --rate 1000 --progress',
  );
}

type Options = {
  readonly format: Format;
  readonly keySeparator?: string;
  readonly null?: string;
  readonly recordKey?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly partition?: number;
  readonly rate?: number;
  readonly linger?: number;
  readonly compression?: 'zstd' | 'gzip' | 'none';
  readonly progress?: true;
};

async function run(
  context: Context,
  options: Options,
  topic: string,
  files: readonly string[],
): Promise<number> {
  expectSense(options);
  const { stderr, interrupts } = context.terminal;
  const { all: inputs, bytesInAll } = inputsOf(context.terminal, files);
  const { clock } = await context.host();
  const isTyped = files.length === 0 && context.terminal.stdin.isTerminal;
  if (isTyped) await context.note('a message a line; Ctrl-D ends it');
  const producer = (await context.client()).producer({
    ...(options.linger !== undefined && { lingerMs: options.linger }),
    ...(options.compression !== undefined && { compression: options.compression }),
  });
  await producer.connect();
  let messages = 0;
  const look = () => ({ messages, bytes: producer.stats().bytes, bytesInAll });
  const endProgress = options.progress ? showProgress(stderr, clock, look) : async () => undefined;
  const all = new SendAll({
    ...{ producer, clock, topic, perSecond: options.rate, interrupted: interrupts() },
    onStored: (count) => {
      messages += count;
    },
  });
  const startedAt = clock.now();
  const sent = await all.run(chunksOf(inputs, options));
  await endProgress();
  await producer.disconnect();
  const millis = clock.now() - startedAt;
  await tell(context, { topic, sent, stats: producer.stats(), millis });
  if (sent.failure !== undefined) throw sent.failure;
  return sent.isCut ? exitCodes.interrupted : exitCodes.done;
}

function expectSense({ format, keySeparator, null: marker }: Options): void {
  if (keySeparator === '') throw new UsageError('--key-separator: must not be empty');
  const isOfLines = keySeparator !== undefined || marker !== undefined;
  if (format === 'lines' || !isOfLines) return;
  throw new UsageError('--key-separator and --null are of --format lines');
}

function chunksOf(inputs: readonly NamedInput[], options: Options) {
  const { format, keySeparator, null: nullMarker, recordKey: key, partition } = options;
  const headers = options.headers && headersIn(options.headers);
  const reading = { format, keySeparator, nullMarker, key, partition, headers };
  return readEach(inputs, (bytes) => messagesIn(bytes, reading));
}

function headersIn(pairs: readonly (readonly [string, string])[]): IHeaders {
  const byName = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, own]) => [name, own.map(([, value]) => value)]),
  );
}

type Told = {
  readonly topic: string;
  readonly sent: Sent;
  readonly stats: {
    readonly requests: number;
    readonly bytes: number;
    readonly storedBytes: number;
  };
  readonly millis: number;
};

/** Also of what was stored before something failed; that nothing was, the failure says. */
async function tell(context: Context, { topic, sent, stats, millis }: Told): Promise<void> {
  const { messages, firstOffsets, failure } = sent;
  if (messages === 0 && failure !== undefined && !context.isJson) return;
  const { requests, bytes, storedBytes } = stats;
  const partitions = [...firstOffsets]
    .toSorted(([one], [other]) => one - other)
    .map(([partition, firstOffset]) => ({ partition, firstOffset }));
  const [only] = partitions;
  const where = messages === 1 && only && `: ${topic}-${only.partition} at ${only.firstOffset}`;
  await context.done(
    { topic, messages, requests, bytes, storedBytes, millis, partitions },
    `${counted(messages, 'message')} to ${topic} in ${counted(requests, 'request')}${where || ''}`,
  );
}
