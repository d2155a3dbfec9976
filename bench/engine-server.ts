// The embedded engine as a child process that tells its parent what it cost.

import { startEmbedded } from '../local/embedded.ts';
import { answerReports } from './reporting.ts';

const [directory = ''] = process.argv.slice(2);
const engine = await startEmbedded({
  host: '127.0.0.1',
  port: 0,
  allowedHosts: [],
  stores: { kind: 'directory', directory },
});
answerReports(engine.port, () => engine.operations);
