// A stand-in for the server while the page is being built: the built page, the policy header, and an API that remembers
// just enough. No test of the product rests on it.
//   node e2e/fake.mjs DIST            serves and prints the addresses
//   node e2e/fake.mjs DIST OUT_DIR    runs run.mjs, look.mjs and odd.mjs against it and ends with their exit code
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const SECRET = 'fakeSecret-0123456789_ABCDEFGHIJKLMNOP';
const MINUTE = 60_000;
const DAY = 86_400_000;

function fakeOffice() {
  const office = { user: undefined, password: undefined, sessions: new Set(), devices: [], busy: false, detail: 'apps', instead: {} };
  const iso = (ms) => new Date(ms).toISOString();
  const problem = (status, code, detail, next) => [status, { type: `about:blank#${code}`, title: code, status, code, detail, next }];
  const signIn = () => {
    const session = String(Math.random()).slice(2);
    office.sessions.add(session);
    return { 'set-cookie': `session=${session}; HttpOnly; SameSite=Strict; Path=/` };
  };
  const report = (query) => {
    const apps = office.busy && office.detail === 'apps' ? Object.entries(APPS).map(([app, minutes]) => ({ app, ms: minutes * MINUTE })) : [];
    const to = Date.parse(query.get('to'));
    const days = office.busy
      ? [326, 412, 455, 0, 0, 391, 437].map((minutes, back) => ({ date: iso(to - back * DAY).slice(0, 10), active_ms: minutes * MINUTE, apps: back === 0 ? apps : [] })).filter((d) => d.active_ms > 0).reverse()
      : [];
    return { person: query.get('person'), time_zone: 'Europe/Berlin', from: query.get('from'), to: query.get('to'), policy: 'hours_only', detail: office.detail, total_ms: days.reduce((a, d) => a + d.active_ms, 0), apps, days };
  };
  const calls = {
    'GET /setup': () => [200, { open: office.user === undefined }],
    'POST /setup': ({ body }) => {
      if (office.user || body.secret !== SECRET) return problem(410, 'setup_link_used', 'This set-up link was used already or is too old.', 'Sign in, or start the server on an empty folder.');
      office.create(body.name);
      office.password = body.password;
      return [201, { user: office.user, recovery_code: 'H7K2Q-M4XWP-9TRBC-DZ3VN-6JFGY-8LASE' }, signIn()];
    },
    'POST /session': ({ body }) =>
      body.name === office.user?.name && body.password === office.password ? [200, { user: office.user }, signIn()] : problem(401, 'wrong_credentials', 'The name or the password is wrong.', 'Check both, then try again. After five tries there is a short wait.'),
    'GET /session': () => [200, { user: office.user }],
    'DELETE /session': ({ session }) => (office.sessions.delete(session), [204]),
    'GET /devices': () => [200, { items: office.devices }],
    'POST /invitations': ({ body }) =>
      body.person === office.user.name
        ? [201, { id: '0199a4d2-7c1e-7b1a-9c55-3f6a1f0e2b12', code: `tb1-${'AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QCCIRDEQSSMJZIFEVCWLBNFYXTAMJSGM2DKNRXHA4TU'.toLowerCase()}`, expires: iso(Date.now() + DAY), download: '/download' }]
        : problem(404, 'no_such_person', `Nobody here has the sign-in name “${body.person}”.`, 'Check the spelling, or create the person first.'),
    'GET /reports/activity': ({ query }) => [200, report(query)],
  };
  const open = new Set(['GET /setup', 'POST /setup', 'POST /session']);
  office.answer = (name, request) => {
    if (office.instead[name]) return office.instead[name];
    if (!calls[name]) return problem(404, 'not_found', 'There is no such address.', '');
    if (!open.has(name) && !office.sessions.has(request.session)) return problem(401, 'signed_out', 'You are not signed in.', 'Sign in.');
    return calls[name](request);
  };
  office.create = (name, role = 'administrator') => {
    office.user = { id: '0199a4d2-7c1e-7b1a-9c55-3f6a1f0e2b11', name, role, time_zone: 'Europe/Berlin', created: iso(Date.now()), disabled: false };
    office.password = 'Kreide Ofen Regen 7';
  };
  office.getBusy = () => {
    office.busy = true;
    const device = (name, kind, ago, person = office.user.name, revoked = null) => ({ id: name, name, person, kind, enrolled: iso(Date.now() - 20 * DAY), last_contact: ago === null || person !== office.user.name ? null : iso(Date.now() - ago), last_contact_day: ago === null ? null : iso(Date.now() - ago).slice(0, 10), revoked });
    office.devices = [device('ATELIER-PC', 'agent', 20_000), device('laptop-mara', 'agent', 3.2 * DAY), device('wakatime-vscode', 'token', 4 * MINUTE, 'jonas'), device('front-desk', 'agent', null, 'jonas'), device('old-laptop', 'agent', 60 * DAY, office.user.name, iso(Date.now() - 59 * DAY))];
  };
  return office;
}

const APPS = { Figma: 97, Firefox: 74, 'Visual Studio Code': 58, 'LibreOffice Calc': 37, Thunderbird: 24, 'DATEV Kanzlei-Rechnungswesen classic pro 2026': 16, Teams: 12, Explorer: 5, Terminal: 2, Notes: 0.5 };

export async function start(dist) {
  const office = fakeOffice();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://fake');
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-store');
    if (url.pathname.startsWith('/api/v1/')) {
      let text = '';
      for await (const part of request) text += part;
      const session = /session=(\d+)/.exec(request.headers.cookie ?? '')?.[1];
      const [status, json, headers] = office.answer(`${request.method} ${url.pathname.slice(7)}`, { body: text && JSON.parse(text), query: url.searchParams, session });
      response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers });
      return response.end(typeof json === 'string' ? json : json && JSON.stringify(json));
    }
    const read = (path) => {
      try {
        return [readFileSync(join(dist, path)), TYPES[extname(path)] ?? 'application/octet-stream'];
      } catch {
        return undefined;
      }
    };
    const [bytes, type] = read(normalize(url.pathname)) ?? read('index.html');
    response.writeHead(200, { 'content-type': type });
    response.end(bytes);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${server.address().port}`;
  return { office, base, link: `${base}/setup#${SECRET}`, stop: () => (server.close(), server.closeAllConnections()) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const run = (script, ...args) => new Promise((done) => spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], { stdio: 'inherit' }).on('exit', (code) => done(code ?? 1)));
  const [dist, out] = process.argv.slice(2);
  const { office, base, link, stop } = await start(dist);
  if (!out) console.log(`${base}\n${link}`);
  else {
    let failed = await run('run.mjs', base, link, out);
    if (!failed) {
      office.getBusy();
      failed = await run('look.mjs', base, office.user.name, office.password, out, 'Figma');
    }
    failed = (await run('odd.mjs', dist, out)) || failed;
    stop();
    process.exitCode = failed;
  }
}
