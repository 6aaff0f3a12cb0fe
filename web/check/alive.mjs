// Shows that the type check can fail: it once reported nothing at all under a new compiler, and nobody noticed.
// Runs svelte-check over must-fail/, which holds one mistake in a script and one in a component, and wants to see both.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const tool = fileURLToPath(new URL('../node_modules/svelte-check/bin/svelte-check', import.meta.url));
const run = spawnSync(process.execPath, [tool, '--workspace', `${here}must-fail`, '--tsconfig', `${here}must-fail/tsconfig.json`, '--output', 'machine'], { encoding: 'utf8' });

const missed = ['script.ts', 'Component.svelte'].filter((file) => !run.stdout.includes(`ERROR "${file}"`));
if (run.status === 0 || missed.length > 0) {
  console.error(`The type check no longer sees the mistake in ${missed.join(' and ') || 'check/must-fail'}.\n${run.stdout}${run.stderr}`);
  process.exit(1);
}
