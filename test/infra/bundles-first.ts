// Run once, before the tests of programs: what infra ships is there, and is that of the sources.

export { writeBundles as setup } from '../../build/write-bundles.ts';
