// Which URLs may be given for a webhook.

import { expect, test } from 'vitest';
import { webhookUrlFault, webhookUrlLengthMax } from '../../shared/webhook/url.ts';

const longest = `https://hooks.example.com/${'a'.repeat(webhookUrlLengthMax - 26)}`;

test.each([
  'https://hooks.example.com',
  'https://hooks.example.com/in?key=1&b=%20',
  'HTTPS://Hooks.Example.com:8443/',
  'https://xn--bcher-kva.example/',
  'https://8.8.8.8/hook',
  'https://[2606:4700:4700::1111]:8443/hook',
  'https://localhost.example.com/',
  longest,
])('%s may be given', (url) => {
  expect(webhookUrlFault(url)).toBeUndefined();
});

const form = 'must begin with https:// and a host';
const characters = 'must be made of visible ASCII characters';
const credentials = 'must not have credentials';
const address = 'must not name an address that is not public';
const name = 'must not name a host that is not public';

test.each([
  ['', form],
  ['hooks.example.com', form],
  ['http://hooks.example.com/', form],
  ['ftp://hooks.example.com/', form],
  ['https:hooks.example.com', form],
  ['https:///hooks.example.com', form],
  ['https:\\\\hooks.example.com', form],
  [' https://hooks.example.com', form],
  ['https://', form],
  ['https://hooks.exam\tple.com/', characters],
  ['https://hooks.example.com/a b', characters],
  ['https://hooks.example.com/\n', characters],
  ['https://bücher.example/', characters],
  ['https://127。0。0。1/', characters],
  ['https://hooks.example.com/#', 'must not have a fragment'],
  ['https://hooks.example.com:65536/', 'must be a URL'],
  ['https://hooks.example.com:-1/', 'must be a URL'],
  ['https://1.2.3.256/', 'must be a URL'],
  ['https://[::1%25eth0]/', 'must be a URL'],
  ['https://a b.example.com/'.replace(' ', '^'), 'must be a URL'],
  ['https://me@hooks.example.com/', credentials],
  ['https://:secret@hooks.example.com/', credentials],
  ['https://hooks.example.com@127.0.0.1/', credentials],
  ['https://hooks.example.com:0/', 'must not name port 0'],
  ['https://127.0.0.1/', address],
  ['https://127.1/', address],
  ['https://0x7f.1/', address],
  ['https://2130706433/', address],
  ['https://017700000001/', address],
  ['https://0/', address],
  ['https://%31%32%37.0.0.1/', address],
  ['https://127.0.0.1./', address],
  ['https://10.1.2.3:8443/', address],
  ['https://169.254.169.254/latest/meta-data/', address],
  ['https://[::1]/', address],
  ['https://[::ffff:8.8.8.8]/', address],
  ['https://[::]/', address],
  ['https://localhost/', name],
  ['https://LOCALHOST:8443/', name],
  ['https://api.localhost/', name],
  ['https://printer.local/', name],
  ['https://ip-10-0-0-1.ec2.internal/', name],
  ['https://internal/', name],
  ['https://localhost./', 'must not have a host that ends with "."'],
  ['https://hooks.example.com./', 'must not have a host that ends with "."'],
  ['https://intranet/', 'must name a host by its full domain name'],
  [`${longest}a`, 'must be at most 2048 characters'],
])('%j may not', (url, fault) => {
  expect(webhookUrlFault(url)).toBe(fault);
});
