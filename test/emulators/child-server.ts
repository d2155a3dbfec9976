// A server in a process of its own, for as long as one test file needs it. It is known to be up
// when it takes a connection, and is stopped by its handle.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

export type Emulator = {
  /** Its URL. */
  readonly endpoint: string;
  stop(): Promise<void>;
};

const startMillisMax = 50_000;
const lookMillis = 50;

/** @param argumentsFor the command line of a server that listens on that port of 127.0.0.1. */
export async function startChildServer(
  command: string,
  argumentsFor: (port: number) => readonly string[],
): Promise<Emulator> {
  const port = await freePort();
  const child = spawn(command, argumentsFor(port), { cwd: tmpdir(), stdio: 'ignore' });
  const stop = async () => {
    if (isRunning(child) && child.kill('SIGKILL')) await once(child, 'exit');
  };
  const emulator = { endpoint: `http://127.0.0.1:${port}`, stop };
  await stoppedUnless(emulator, untilUp(child, port));
  return emulator;
}

/** What a test still needs of an emulator that runs: when it fails, nobody is left to stop it. */
export async function stoppedUnless<Made>({ stop }: Emulator, ready: Promise<Made>): Promise<Made> {
  return await ready.catch(async (failure: unknown) => {
    await stop();
    throw failure;
  });
}

async function untilUp(child: ChildProcess, port: number): Promise<void> {
  const failed = once(child, 'error').then(([failure]) => Promise.reject(failure));
  const looks = startMillisMax / lookMillis;
  for (let look = 0; look < looks; look++) {
    if (await Promise.race([failed, takesConnection(port)])) return;
    if (!isRunning(child)) throw new Error(`${child.spawnfile} ended before it was up`);
    await pause(lookMillis);
  }
  throw new Error(`${child.spawnfile} was not up after ${startMillisMax} ms`);
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function takesConnection(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Free when asked; whoever takes it first has it, and a server that finds it taken ends. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port was given');
  return address.port;
}
