// Endpoints of an account and of emulators, as the embedded server is given them.

import { expect, test } from 'vitest';
import { clientOptions } from '../../local/open-aws-stores.ts';

test('an account’s endpoint says in which region a request is signed', () => {
  const regions = {
    'https://s3.eu-west-1.amazonaws.com': 'eu-west-1',
    'https://dynamodb.us-gov-east-1.amazonaws.com/': 'us-gov-east-1',
    'https://dynamodb-fips.us-east-2.amazonaws.com': 'us-east-2',
    'https://s3.dualstack.ap-southeast-3.amazonaws.com:443': 'ap-southeast-3',
    'https://bucket.vpce-0a-1b.s3.ca-central-1.vpce.amazonaws.com': 'ca-central-1',
    'https://dynamodb.cn-north-1.amazonaws.com.cn': 'cn-north-1',
  };
  for (const [endpoint, region] of Object.entries(regions)) {
    expect(clientOptions(endpoint)).toEqual({ endpoint, region });
  }
});

test('one that says none leaves it, and who signs, to the environment', () => {
  for (const endpoint of ['https://s3.amazonaws.com', 'http://minio.example:9000']) {
    expect(clientOptions(endpoint)).toEqual({ endpoint });
  }
});

test('where none is given all is the environment’s', () => {
  expect(clientOptions(undefined)).toEqual({});
});

test('an emulator on this machine is signed to by anyone', () => {
  for (const endpoint of ['http://localhost:8000', 'http://127.0.0.1:1', 'http://[::1]:4566/']) {
    const credentials = { accessKeyId: expect.any(String), secretAccessKey: expect.any(String) };
    expect(clientOptions(endpoint)).toEqual({ endpoint, region: 'us-east-1', credentials });
  }
});
