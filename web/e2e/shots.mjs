// Photographs every page in every state, light, dark and on a phone, so that a person can look at them; and asks axe about each on the way.
//   node web/e2e/shots.mjs [OUT_DIR]      default: target/shots; TIMEBOOK_BIN names the program, else it is target/debug/timebook
// It makes its two offices itself: one in which five people worked for a month, and one that is new. Exit code 1 on any fault.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fresh, worked } from './offices.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = resolve(process.argv[2] ?? here('../../target/shots'));
mkdirSync(out, { recursive: true });
const offices = [await worked(5, 30), await fresh()];
try {
  const [full, empty] = offices;
  const args = [full.url, full.administrator, full.manager, full.password, empty.url, empty.administrator, empty.password, out];
  const { status } = spawnSync(process.execPath, [here('states.mjs'), ...args], { stdio: 'inherit', env: { ...process.env, TIMEBOOK_SHOTS: out } });
  process.exitCode = status ?? 1;
} finally {
  for (const office of offices) await office.stop();
}
console.log(`The pictures are in ${out}.`);
