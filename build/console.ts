// `npm run console`: the console, in dist/console, and how large it is. Before `npm start` it is
// made only if it is missing or old.

import { readFolder } from '../shared/console/read-folder.ts';
import { consoleFolder, refreshConsole, writeConsole } from './write-console.ts';

if (process.argv.includes('--if-old')) {
  await refreshConsole();
} else {
  await writeConsole();
  const files = [...readFolder(consoleFolder)].filter(([name]) => /\.(html|js|css)$/.test(name));
  for (const [name, { bytes, gzipped }] of files) {
    console.log(`${name}: ${bytes.length} bytes, ${gzipped.length} compressed`);
  }
  const all = files.reduce((sum, [, { gzipped }]) => sum + gzipped.length, 0);
  console.log(`in all ${all} bytes compressed`);
}
