// What `npm start` may be told, and what it does not take.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyone } from '../../local/access-options.ts';
import { type Options, readOptions } from '../../local/options.ts';

const defaults: Options = {
  host: '127.0.0.1',
  port: 8082,
  allowedHosts: [],
  stores: { kind: 'directory', directory: './.sluice' },
  access: anyone,
  triggers: { functions: new Map(), folders: new Map(), sqsEndpoint: undefined },
  housekeeping: true,
};

const s3 = ['--s3-endpoint', 'http://127.0.0.1:4566'];
const dynamodb = ['--dynamodb-endpoint', 'https://dynamodb.eu-west-1.amazonaws.com'];
const aws = {
  kind: 'aws',
  s3Endpoint: 'http://127.0.0.1:4566',
  dynamodbEndpoint: 'https://dynamodb.eu-west-1.amazonaws.com',
  bucket: 'sluice',
  table: 'sluice',
} as const;

type Words = readonly string[];
type Environment = Readonly<Record<string, string>>;

test('flags, their twins in the environment, and which of them wins', () => {
  const names = ['sluice.local', 'sluice'];
  const addresses = ['fd00::7', '[::2]', '10.0.0.7'];
  const memory = { kind: 'memory' } as const;
  const there = { kind: 'directory', directory: '/there' } as const;
  const told: readonly (readonly [Words, Environment, Partial<Options>])[] = [
    [[], {}, {}],
    [[], { PORT: '1', HOST: 'other', DATA: 'other' }, {}],
    [['--host', '::', '--port', '0'], {}, { host: '::', port: 0 }],
    [[], { SLUICE_HOST: '0.0.0.0', SLUICE_PORT: '65535' }, { host: '0.0.0.0', port: 65_535 }],
    [['--port', '81'], { SLUICE_PORT: '82' }, { port: 81 }],
    [['--port', '81'], { SLUICE_PORT: 'junk' }, { port: 81 }],
    [['--allowed-hosts', 'sluice.local,sluice'], {}, { allowedHosts: names }],
    [[], { SLUICE_ALLOWED_HOSTS: ' sluice.local , sluice,' }, { allowedHosts: names }],
    [['--allowed-hosts', 'fd00::7,[::2],10.0.0.7'], {}, { allowedHosts: addresses }],
    [['--data', '/there'], {}, { stores: there }],
    [[], { SLUICE_DATA: '/there' }, { stores: there }],
    [['--memory'], {}, { stores: memory }],
    [['--memory'], { SLUICE_DATA: '/there' }, { stores: memory }],
    [[], { SLUICE_MEMORY: '1' }, { stores: memory }],
    [[], { SLUICE_MEMORY: 'No' }, {}],
    [['--no-housekeeping'], {}, { housekeeping: false }],
    [[], { SLUICE_NO_HOUSEKEEPING: 'true' }, { housekeeping: false }],
    [[], { SLUICE_NO_HOUSEKEEPING: '0' }, {}],
    [
      ['--functions', 'bill=./bill.ts, ship=./a=b.ts', '--watch', 'in=orders'],
      { SLUICE_SQS_ENDPOINT: 'http://127.0.0.1:9324' },
      {
        triggers: {
          functions: new Map([
            ['bill', './bill.ts'],
            ['ship', './a=b.ts'],
          ]),
          folders: new Map([['in', 'orders']]),
          sqsEndpoint: 'http://127.0.0.1:9324',
        },
      },
    ],
    [[...s3, ...dynamodb], {}, { stores: aws }],
    [
      [...s3, '--bucket', 'b1'],
      { SLUICE_DYNAMODB_ENDPOINT: aws.dynamodbEndpoint, SLUICE_TABLE: 't1' },
      { stores: { ...aws, bucket: 'b1', table: 't1' } },
    ],
    [
      ['--bucket', 'b1', '--table', 't1'],
      {},
      {
        stores: {
          kind: 'aws',
          s3Endpoint: undefined,
          dynamodbEndpoint: undefined,
          bucket: 'b1',
          table: 't1',
        },
      },
    ],
  ];
  for (const [words, environment, differences] of told) {
    const options = { ...defaults, ...differences };
    expect(readOptions(words, environment)).toEqual({ kind: 'options', options });
  }
});

test('a twin that is empty says nothing', () => {
  const twins = [...helpText().matchAll(/\((SLUICE_\w+)\)/g)].map(([, twin = '']) => [twin, '']);
  expect(twins.length).toBeGreaterThan(5);
  const options = readOptions([], Object.fromEntries(twins));
  expect(options).toEqual({ kind: 'options', options: defaults });
});

test('what cannot be meant is a fault that names the flag', () => {
  const faults: readonly (readonly [Words, Environment, string])[] = [
    [['--port', '65536'], {}, '--port must be a number from 0 to 65535, not 65536'],
    [['--port', '8o8o'], {}, '--port must'],
    [['--port=-1'], {}, '--port must'],
    [['--port', '1e3'], {}, '--port must'],
    [['--port'], {}, '--port'],
    [[], { SLUICE_PORT: '8082 ' }, '--port must'],
    [['--host='], {}, '--host must not be empty'],
    [['--data='], {}, '--data must not be empty'],
    [['--hots', 'localhost'], {}, "Unknown option '--hots'"],
    [['start'], {}, "'start'"],
    [['--memory=yes'], {}, '--memory'],
    [s3, {}, '--s3-endpoint and --dynamodb-endpoint go together'],
    [dynamodb, {}, '--s3-endpoint and --dynamodb-endpoint go together'],
    [['--bucket', 'b1'], {}, '--bucket and --table go together'],
    [[], { SLUICE_TABLE: 't1' }, '--bucket and --table go together'],
    [['--bucket', 'b1', '--table', 't1', '--memory'], {}, '--memory and --data do not go with'],
    [['--allowed-hosts', 'a,sluice.local:8082'], {}, 'a port, not sluice.local:8082'],
    [['--allowed-hosts', '[::1]:8082'], {}, 'a port, not [::1]:8082'],
    [['--allowed-hosts', 'http://a'], {}, 'a port, not http://a'],
    [['--functions', 'bill'], {}, '--functions must be NAME=VALUE,...'],
    [['--functions', 'a=1,a=2'], {}, 'each name once, not a=2'],
    [[], { SLUICE_WATCH: '=orders' }, '--watch must be'],
    [['--watch', '/in=orders,/in/=refunds'], {}, 'each name once, not /in/=refunds'],
    [['--watch', 'in=orders,./a/../in=orders'], {}, 'each name once, not ./a/../in=orders'],
    [['--sqs-endpoint', 'queues'], {}, '--sqs-endpoint must be an http'],
    [[...s3, ...dynamodb, '--memory'], {}, '--memory and --data do not go with stores'],
    [[...s3, ...dynamodb], { SLUICE_DATA: '/there' }, '--memory and --data do not go with'],
    [['--s3-endpoint', 'localhost:4566', ...dynamodb], {}, '--s3-endpoint must be an http'],
    [[...s3, '--dynamodb-endpoint', 'file:///there'], {}, '--dynamodb-endpoint must be an http'],
  ];
  for (const [words, environment, complaint] of faults) {
    const read = readOptions(words, environment);
    expect(read).toMatchObject({ kind: 'fault', text: expect.stringContaining(complaint) });
  }
});

test('whatever the words, they are options, help, or a fault that says something', () => {
  const word = fc.oneof(
    fc.constantFrom('--port', '--memory', '--data', '--host', '--help', '--', '-p', '80', ''),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const read = readOptions(words, {});
      if (read.kind === 'options') expect(read.options.host).not.toBe('');
      else expect(read.text).not.toBe('');
    }),
  );
});

test('the help lists every flag with its twin', () => {
  for (const flag of ['host NAME', 'port PORT', 'data DIR', 'memory', 's3-endpoint URL']) {
    expect(helpText()).toContain(`--${flag} `);
  }
  expect(helpText()).toContain('(SLUICE_ALLOWED_HOSTS)');
});

function helpText(): string {
  const read = readOptions(['--help', '--memory'], {});
  return read.kind === 'help' ? read.text : '';
}
