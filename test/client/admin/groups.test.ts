// Groups, who is in them and reads what, and deleting them.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssignerProtocol } from '../../../client/assigner-protocol.ts';
import { type AdminStory, failure, newAdmin } from './admin-story.ts';

async function join({ ask, wire, run }: AdminStory, groupId: string, names: readonly string[]) {
  const connection = wire.newConnection();
  for (const name of names) {
    await ask(`POST /consumers/${groupId}`, { name, 'auto.commit.enable': 'false' });
    const instance = `/consumers/${groupId}/instances/${name}`;
    await ask(`POST ${instance}/subscription`, { topics: ['orders'] });
  }
  for (const name of [...names, ...names, ...names]) {
    const path = `/consumers/${groupId}/instances/${name}/records?timeout=10`;
    const accept = 'application/vnd.kafka.binary.v2+json';
    await run(connection.ask({ method: 'GET', path, accept }));
  }
}

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

test('groups are listed, and told of with their members and what these read', async () => {
  const story = await newAdmin();
  const { admin, run } = story;
  await join(story, 'billing', ['one', 'two']);
  await join(story, 'shipping', ['one']);
  expect(await run(admin.listGroups())).toEqual({
    groups: [
      { groupId: 'billing', protocolType: 'consumer' },
      { groupId: 'shipping', protocolType: 'consumer' },
    ],
  });
  const { groups } = await run(admin.describeGroups(['none', 'billing', 'shipping']));
  const told = groups.map(({ groupId, state, protocol, members }) => [
    groupId,
    state,
    protocol,
    members.map(({ memberId }) => memberId),
  ]);
  expect(told).toEqual([
    ['none', 'Dead', '', []],
    ['billing', 'Stable', 'cooperative-sticky', ['one', 'two']],
    ['shipping', 'Stable', 'cooperative-sticky', ['one']],
  ]);
  const read = groups[1]?.members.map(({ memberAssignment, memberMetadata }) => {
    expect(MemberMetadata.decode(memberMetadata)?.topics).toEqual(['orders']);
    return MemberAssignment.decode(memberAssignment)?.assignment['orders'] ?? [];
  });
  expect(read?.map(({ length }) => length)).toEqual([2, 2]);
  expect(read?.flat().toSorted()).toEqual([0, 1, 2, 3]);
});

test('groups in which nobody is are deleted, and it is told of each that is not', async () => {
  const story = await newAdmin();
  const { admin, run, ask } = story;
  await join(story, 'busy', ['one']);
  await join(story, 'left', ['one']);
  await ask('DELETE /consumers/left/instances/one');
  const error = await failure(run(admin.deleteGroups(['busy', 'left', 'none'])));
  expect(error).toMatchObject({
    name: 'SluiceAggregateError',
    type: 'NON_EMPTY_GROUP',
    groups: [
      { groupId: 'busy', errorCode: 68, error: { type: 'NON_EMPTY_GROUP' } },
      { groupId: 'none', errorCode: 69, error: { type: 'GROUP_ID_NOT_FOUND' } },
    ],
  });
  await ask('DELETE /consumers/busy/instances/one');
  expect(await run(admin.deleteGroups(['busy']))).toEqual([{ groupId: 'busy', errorCode: 0 }]);
  expect(await run(admin.listGroups())).toEqual({ groups: [] });
});

test('what a member reads is in the bytes of Kafka’s clients', () => {
  const userData = Buffer.from([7]);
  const assignment = { version: 1, assignment: { ab: [0, 258] }, userData };
  const bytes = '0001 00000001 0002 6162 00000002 00000000 00000102 00000001 07'.replaceAll(
    ' ',
    '',
  );
  expect(MemberAssignment.encode(assignment).toString('hex')).toBe(bytes);
  expect(MemberAssignment.decode(Buffer.from(bytes, 'hex'))).toEqual(assignment);
  const metadata = { version: 1, topics: ['ab', 'ü'], userData: Buffer.alloc(0) };
  const encoded = '0001 00000002 0002 6162 0002 c3bc 00000000'.replaceAll(' ', '');
  expect(MemberMetadata.encode(metadata).toString('hex')).toBe(encoded);
  expect(MemberMetadata.decode(Buffer.from(encoded, 'hex'))).toEqual(metadata);
  expect(
    MemberMetadata.decode(Buffer.from('0000 00000000 ffffffff'.replaceAll(' ', ''), 'hex')),
  ).toEqual({ version: 0, topics: [], userData: Buffer.alloc(0) });
  expect(MemberAssignment.decode(Buffer.alloc(0))).toBeNull();
});

test('bytes that are none of these end in a RangeError, and take no memory', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (drawn) => {
      for (const { decode } of [MemberAssignment, MemberMetadata]) {
        try {
          decode(Buffer.from(drawn));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }),
  );
});
