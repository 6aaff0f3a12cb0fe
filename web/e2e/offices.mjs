// Offices to look at, each with a server of its own and gone afterwards.
//   TIMEBOOK_BIN names the program; without it, the debug build of this folder.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = process.env.TIMEBOOK_BIN ?? fileURLToPath(new URL('../../target/debug/timebook', import.meta.url));
const WORD = 'correct horse battery staple 7';

function told(...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr ?? 'it is not there; build it, or name it by TIMEBOOK_BIN'}`);
  return stdout;
}

async function serve(data) {
  const ports = ['--listen', '127.0.0.1:0', '--loopback', '127.0.0.1:0'];
  const server = spawn(program, ['serve', '--data', data, ...ports, '--log', 'warn'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = new Promise((done) => server.once('exit', done));
  const listen = join(data, 'listen');
  while (!existsSync(listen)) {
    if (server.exitCode !== null) throw new Error(`the server over ${data} ended`);
    await new Promise((next) => setTimeout(next, 50));
  }
  const url = readFileSync(listen, 'utf8').split('\n').find((line) => line.startsWith('https://'));
  return { url, stop: () => (server.kill('SIGTERM'), gone) };
}

/** An office in which people have worked: `admin`, its manager `anna`, and everybody’s password. */
export async function worked(people, days) {
  const folder = mkdtempSync(join(tmpdir(), 'timebook-'));
  const data = join(folder, 'data');
  const { password } = JSON.parse(told('demo', '--people', String(people), '--days', String(days), '--time-zone', 'Europe/Berlin', '--only-fill', '--json', '--data', data));
  const { url, stop } = await serve(data);
  return { url, administrator: 'admin', manager: 'anna', password, stop: () => stop().then(() => rmSync(folder, { recursive: true })) };
}

/** An office with nobody but its administrator. */
export async function fresh() {
  const folder = mkdtempSync(join(tmpdir(), 'timebook-'));
  const [data, word] = [join(folder, 'data'), join(folder, 'word')];
  writeFileSync(word, WORD, { mode: 0o600 });
  told('user', 'add', '--name', 'root', '--role', 'admin', '--password-file', word, '--time-zone', 'Europe/Berlin', '--data', data);
  const { url, stop } = await serve(data);
  return { url, administrator: 'root', password: WORD, stop: () => stop().then(() => rmSync(folder, { recursive: true })) };
}
