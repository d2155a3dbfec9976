// Run once, before the tests of pages: the console is built, and is that of the sources.

export { refreshConsole as setup } from '../../build/write-console.ts';
