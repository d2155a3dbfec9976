// Who calls: what is a principal, and whose an ARN is.

import { expect, test } from 'vitest';
import {
  principalFault,
  principalLengthMax,
  principalNamed,
  principalOfArn,
} from '../../shared/access/principal.ts';

test.each([
  'User:alice',
  'User:*',
  'User:ANONYMOUS',
  'User:auth0|5f7c8ec7c33c6c004bbafe82',
  'User:arn:aws:sts::123456789012:assumed-role/clerk',
  'User:Ädele Müller',
  `User:${'x'.repeat(principalLengthMax - 'User:'.length)}`,
])('%s is a principal', (text) => {
  expect(principalFault(text)).toBeUndefined();
});

test.each([
  ['', 'must be "User:" and a name'],
  ['alice', 'must be "User:" and a name'],
  ['User:', 'must be "User:" and a name'],
  ['user:alice', 'must be "User:" and a name'],
  ['Group:alice', 'must be "User:" and a name'],
  [' User:alice', 'must be "User:" and a name'],
  ['x\nUser:alice', 'must be "User:" and a name'],
  ['User:alice\n', 'must be "User:" and a name'],
  ['User:al\0ice', 'must be "User:" and a name'],
  ['User:al\u0085ice', 'must be "User:" and a name'],
  [`User:${'x'.repeat(principalLengthMax)}`, `must be at most ${principalLengthMax} characters`],
])('%j is none', (text, fault) => {
  expect(principalFault(text)).toContain(fault);
});

test('a role is one principal, whatever its sessions are called', () => {
  const role = 'User:arn:aws:sts::123456789012:assumed-role/clerk';
  const session = (name: string) => `arn:aws:sts::123456789012:assumed-role/clerk/${name}`;
  for (const name of ['one', 'admin', 'a/b', 'i-0123456789abcdef0']) {
    expect(principalOfArn(session(name))).toBe(role);
  }
  const china = 'arn:aws-cn:sts::123456789012:assumed-role/clerk';
  expect(principalOfArn(`${china}/one`)).toBe(`User:${china}`);
});

test('roles of other names and accounts are others', () => {
  const arns = [
    'arn:aws:sts::123456789012:assumed-role/clerk/one',
    'arn:aws:sts::123456789012:assumed-role/clerk-admin/one',
    'arn:aws:sts::210987654321:assumed-role/clerk/one',
    'arn:aws:iam::123456789012:user/clerk',
    'arn:aws:iam::123456789012:user/assumed-role/clerk/one',
    'arn:aws:iam::123456789012:root',
    'arn:aws:sts::123456789012:federated-user/clerk',
  ];
  expect(new Set(arns.map(principalOfArn)).size).toBe(arns.length);
  expect(principalOfArn(arns[4] as string)).toBe(principalNamed(arns[4] as string));
});
