'use strict';
// The agent's own page: asks how things stand every few seconds while it is seen, and tells what the person chose.

const TEXTS = {
  en: {
    here: 'on this computer', title: 'Timebook on this computer', consent_title: 'The recorder', consent_yes: 'Record this on this computer',
    consent: [
      'Timebook can record by itself which window is in front (the name of its application and its title) and whether somebody is there (how long keyboard and mouse were not touched).',
      'It never records keys, text you type, what is on the screen, sound or pictures.',
      'All of it is kept on this computer. What others may see of it is the office’s policy; titles leave only under “full detail”, or if you say so yourself. You see everything, and who looked.',
      'You can pause it, give it hours, leave out what you want, and turn it off again.',
    ],
    office_title: 'The office', timer_title: 'Timer', recorder_title: 'Windows and presence', hours: 'Recorded in these hours', save: 'Save',
    record_off: 'Turn the recorder off', hours_hint: 'E.g. mon-fri 08:00-18:00; sat 09:00-12:00. Write “always” for no limit. Outside of them nothing is recorded, whoever records.',
    rules_title: 'Rules', rules_hint: 'What a rule fits is left out (drop), hidden (mask) or cut (cut) before it is stored. Your own rules never leave this computer.',
    rules_own: 'Your rules, one a line, e.g. drop app = KeePassXC', test_title: 'Try them', app: 'Application', page_title: 'Title', url: 'Address',
    rules_office: 'The office’s rules', commands_title: 'What the office told this computer',
    recording: 'Recording', watching: 'Recording what watchers tell', paused: 'Paused', stopped: 'Not recording', until: (t) => `until ${t}`, until_resumed: 'until you say',
    m15: '15 minutes', h1: '1 hour', today: 'Today', on: 'Until I say', off: 'Record again', pause_for: 'Pause recording',
    unsent: 'Not sent yet', since: (n, t) => `${n} since ${t}`, contact: 'Last contact', none: 'none yet', person: 'Recorded for', policy: 'Others may see', enrolled: 'Not enrolled',
    hours_only: 'hours only', category_totals: 'totals by category', app_totals: 'totals by application', full_detail: 'full detail',
    no_timer: 'No timer runs.', stop: 'Stop the timer', recorder: { off: 'Off.', waiting: 'On, but not now.', looking: 'On: windows and presence are recorded.', silent: 'On; ActivityWatch’s watchers record, so it has nothing to do.', blind: 'On, but it sees no desktop.' },
    recorder_off: 'The recorder is off; only watchers you run are recorded.', why: { hours: 'Outside the hours you set.', fault: 'Rules or hours do not read; the note says which.', erased: 'Everything recorded here is being erased.' }, changed_elsewhere: (own) => `Your rules were changed elsewhere meanwhile, and read now: ${own || '(none)'}\nTo put yours in their place, save again.`, no_commands: 'Nothing yet.', saved: 'Saved.',
    policy_command: (p) => `Others may see: ${p}`, rules_command: 'Other rules of the office', erase_command: 'Erase everything recorded here',
    kept: 'This is stored as it is.', dropped: 'Nothing of this is stored.', changed: (t) => `This is stored: ${t}`, because: (r) => ` Rule: ${r}`,
    today_title: 'Today by category', today_none: 'Nothing was recorded today.', today_of: { own: 'By your own categories.', office: 'By the office’s categories.', default: 'By the categories everybody begins with.' },
    kept_title: 'How long it stays here', kept_months: 'Month by month', kept_for: (k) => `As at the office: titles and addresses for ${k.detail_days} days, anything for ${k.totals_months} months. Then whole months go.`,
    kept_month: (m, events, detail, all) => `${m}: ${events} events; ${detail ? `titles and addresses go on ${detail}` : 'titles and addresses have gone'}, all of it on ${all}`,
    kept_late: 'Nothing goes while the office is not heard from: it may keep things longer by now.', kept_unsafe: 'Nothing goes yet: the office’s server has no verified backup of what was sent from here.',
    private_title: (app) => `Never record ${app} again?`, private_body: 'A rule of your own is added here and counts at once: of this application neither titles nor times are stored on this computer, whoever records. You find it below, and can take it out there.',
    private_past: 'What was recorded before stays until you delete it.', private_yes: (app) => `Never record ${app}`, private_no: 'Leave it as it is', private_done: (app) => `${app} is not recorded on this computer any more.`,
    gone: 'The agent does not answer. It may be restarting; this page tries again.', key: 'Open this page with: timebook agent page',
  },
  de: {
    here: 'auf diesem Rechner', title: 'Timebook auf diesem Rechner', consent_title: 'Die Aufzeichnung', consent_yes: 'Das auf diesem Rechner aufzeichnen',
    consent: [
      'Timebook kann selbst aufzeichnen, welches Fenster vorn ist (Name der Anwendung und Titel) und ob jemand da ist (wie lange Tastatur und Maus nicht berührt wurden).',
      'Nie aufgezeichnet werden Tasten, getippter Text, Bildschirminhalt, Ton oder Bilder.',
      'Alles bleibt auf diesem Rechner. Was andere davon sehen, bestimmt die Regel des Büros; Titel gehen nur bei „alle Einzelheiten“ hinaus, oder wenn Sie es selbst sagen. Sie sehen alles, und wer hingesehen hat.',
      'Sie können pausieren, Zeiten festlegen, weglassen, was Sie wollen, und wieder ausschalten.',
    ],
    office_title: 'Das Büro', timer_title: 'Stoppuhr', recorder_title: 'Fenster und Anwesenheit', hours: 'Aufgezeichnet in diesen Zeiten', save: 'Sichern',
    record_off: 'Aufzeichnung ausschalten', hours_hint: 'Z. B. mon-fri 08:00-18:00; sat 09:00-12:00. „always“ heißt ohne Grenze. Außerhalb wird nichts aufgezeichnet, gleich von wem.',
    rules_title: 'Regeln', rules_hint: 'Was eine Regel trifft, wird weggelassen (drop), verdeckt (mask) oder herausgeschnitten (cut), bevor es gespeichert wird. Ihre Regeln verlassen diesen Rechner nie.',
    rules_own: 'Ihre Regeln, eine je Zeile, z. B. drop app = KeePassXC', test_title: 'Ausprobieren', app: 'Anwendung', page_title: 'Titel', url: 'Adresse',
    rules_office: 'Regeln des Büros', commands_title: 'Was das Büro diesem Rechner gesagt hat',
    recording: 'Zeichnet auf', watching: 'Zeichnet auf, was Beobachter melden', paused: 'Pause', stopped: 'Zeichnet nicht auf', until: (t) => `bis ${t}`, until_resumed: 'bis Sie es sagen',
    m15: '15 Minuten', h1: '1 Stunde', today: 'Heute', on: 'Bis ich es sage', off: 'Wieder aufzeichnen', pause_for: 'Aufzeichnung pausieren',
    unsent: 'Noch nicht gesendet', since: (n, t) => `${n} seit ${t}`, contact: 'Letzter Kontakt', none: 'noch keiner', person: 'Aufgezeichnet für', policy: 'Andere sehen', enrolled: 'Nicht angemeldet',
    hours_only: 'nur Stunden', category_totals: 'Summen je Kategorie', app_totals: 'Summen je Anwendung', full_detail: 'alle Einzelheiten',
    no_timer: 'Keine Stoppuhr läuft.', stop: 'Stoppuhr anhalten', recorder: { off: 'Aus.', waiting: 'An, aber nicht jetzt.', looking: 'An: Fenster und Anwesenheit werden aufgezeichnet.', silent: 'An; die Beobachter von ActivityWatch zeichnen auf, also gibt es nichts zu tun.', blind: 'An, aber es ist kein Bildschirm zu sehen.' },
    recorder_off: 'Die eigene Aufzeichnung ist aus; nur Beobachter, die Sie starten, werden aufgezeichnet.', why: { hours: 'Außerhalb der Zeiten, die Sie gesetzt haben.', fault: 'Regeln oder Zeiten sind nicht lesbar; der Hinweis sagt, welche.', erased: 'Alles hier Aufgezeichnete wird gelöscht.' }, changed_elsewhere: (own) => `Ihre Regeln wurden inzwischen anderswo geändert und lauten jetzt: ${own || '(keine)'}\nUm Ihre an deren Stelle zu setzen, sichern Sie noch einmal.`, no_commands: 'Noch nichts.', saved: 'Gesichert.',
    policy_command: (p) => `Andere sehen: ${p}`, rules_command: 'Andere Regeln des Büros', erase_command: 'Alles hier Aufgezeichnete löschen',
    kept: 'Das wird gespeichert, wie es ist.', dropped: 'Davon wird nichts gespeichert.', changed: (t) => `Gespeichert wird: ${t}`, because: (r) => ` Regel: ${r}`,
    today_title: 'Heute je Kategorie', today_none: 'Heute wurde nichts aufgezeichnet.', today_of: { own: 'Nach Ihren eigenen Kategorien.', office: 'Nach den Kategorien des Büros.', default: 'Nach den Kategorien, mit denen alle beginnen.' },
    kept_title: 'Wie lange es hier bleibt', kept_months: 'Monat für Monat', kept_for: (k) => `Wie im Büro: Titel und Adressen ${k.detail_days} Tage, alles andere ${k.totals_months} Monate. Danach gehen ganze Monate.`,
    kept_month: (m, events, detail, all) => `${m}: ${events} Ereignisse; ${detail ? `Titel und Adressen gehen am ${detail}` : 'Titel und Adressen sind weg'}, alles am ${all}`,
    kept_late: 'Solange vom Büro nichts zu hören ist, geht nichts: es könnte inzwischen länger aufbewahren.', kept_unsafe: 'Noch geht nichts: der Server des Büros hat keine geprüfte Sicherung dessen, was von hier kam.',
    private_title: (app) => `${app} nie wieder aufzeichnen?`, private_body: 'Hier kommt eine eigene Regel dazu und gilt sofort: von dieser Anwendung werden auf diesem Rechner weder Titel noch Zeiten gespeichert, gleich von wem. Sie steht weiter unten und lässt sich dort wieder löschen.',
    private_past: 'Was vorher aufgezeichnet wurde, bleibt, bis Sie es löschen.', private_yes: (app) => `${app} nie aufzeichnen`, private_no: 'Lassen, wie es ist', private_done: (app) => `${app} wird auf diesem Rechner nicht mehr aufgezeichnet.`,
    gone: 'Der Agent antwortet nicht. Vielleicht startet er neu; diese Seite versucht es wieder.', key: 'Öffnen Sie diese Seite mit: timebook agent page',
  },
};
const language = navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
const t = TEXTS[language];
const by = (id) => document.getElementById(id);
const EVERY_MS = 5000;

// On systems that tell who asks, the key stands in the page; elsewhere it comes with the link.
const came = takeHash();
const key = document.querySelector('meta[name="timebook-key"]').content || (came.includes('=') ? '' : came);

// Neither key nor question stays in the address bar.
function takeHash() {
  const hash = location.hash.slice(1);
  if (hash) history.replaceState(null, '', location.pathname);
  return hash;
}

async function call(method, path, body) {
  const answer = await fetch(`api/${path}`, {
    method, headers: { 'x-timebook-key': key, ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body), cache: 'no-store',
  });
  // The agent was started again: this page is an old one.
  if (answer.status === 403 && !sessionStorage.getItem('again')) { sessionStorage.setItem('again', '1'); location.reload(); }
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.message ?? String(answer.status)), { told });
  sessionStorage.removeItem('again');
  return told;
}

function element(tag, text, ...classes) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.classList.add(...classes);
  return made;
}

const clock = (text) => {
  const at = new Date(text);
  const sameDay = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(language, sameDay ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
};

let last = null;
// Of the rules that stood here when they were shown: others, meanwhile, are not overwritten unseen.
let mark = '';

function show(told) {
  last = told;
  const { status } = told;
  const state = status.paused_until ? 'paused' : status.recording ? 'on' : 'off';
  by('state').className = `card state ${state}`;
  by('sign').textContent = { on: '✓', paused: 'II', off: '■' }[state];
  by('word').textContent = { on: told.consented ? t.recording : t.watching, paused: t.paused, off: t.stopped }[state];
  const until = status.paused_until === 'until resumed' ? t.until_resumed : status.paused_until && t.until(clock(status.paused_until));
  by('why').textContent = until || (state === 'off' ? t.why[status.why] ?? '' : told.consented ? t.recorder[status.recorder] ?? '' : t.recorder_off);
  document.title = `${by('word').textContent} · ${t.title}`;
  replace('pauses', 'buttons', [status.paused_until], () => (status.paused_until ? ['off'] : ['15m', '1h', 'today', 'on']).map((wish) => {
    const button = element('button', { '15m': t.m15, '1h': t.h1, today: t.today, on: t.on, off: t.off }[wish], 'btn', ...(wish === 'off' ? ['primary'] : []));
    button.type = 'button';
    button.addEventListener('click', () => tell('POST', 'pause', { wish }));
    return button;
  }));
  by('pause_for').hidden = Boolean(status.paused_until);
  replace('notes', 'notes', status.notes, () => status.notes.map((note) => element('li', note, 'note')));
  by('consent').hidden = told.consented;
  by('recorder').textContent = told.consented ? t.recorder[status.recorder] ?? status.recorder : t.recorder.off;
  by('record_off').hidden = !told.consented;
  const facts = [
    [t.person, status.office ? status.office.person : t.enrolled], [t.policy, status.office ? t[status.office.policy] ?? status.office.policy : '–'],
    [t.unsent, status.waiting_since ? t.since(status.waiting, clock(status.waiting_since)) : String(status.waiting)], [t.contact, status.last_contact ? clock(status.last_contact) : t.none],
  ];
  replace('facts', 'facts', facts, () => facts.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
  timer(told.timer);
  fill('hours', status.hours);
  if (untouched.has('rules')) mark = told.rules.mark;
  fill('rules', told.rules.own);
  by('office_rules').textContent = told.rules.office;
  by('office_rules_box').hidden = !told.rules.office;
  const hours = (ms) => `${Math.floor(ms / 3600000)}:${String(Math.floor(ms / 60000) % 60).padStart(2, '0')}`;
  by('today_of').textContent = told.today.items.length ? t.today_of[told.today.of] ?? '' : t.today_none;
  replace('today', 'today', told.today, () => told.today.items.flatMap(({ name, ms }) => [element('dt', name), element('dd', hours(ms))]));
  kept(status.kept);
  const words = { policy: (c) => t.policy_command(t[c.detail] ?? c.detail), rules: () => t.rules_command, erase: () => t.erase_command };
  replace('commands', 'commands', told.commands, () => told.commands.length === 0 ? [element('li', t.no_commands, 'muted')]
    : told.commands.map((c) => element('li', `${clock(c.at)} · ${(words[c.what] ?? (() => c.what))(c)}`)));
}

function kept(told) {
  by('kept_box').hidden = !told;
  if (!told) return;
  const day = (text) => new Date(text).toLocaleDateString(language, { dateStyle: 'medium', timeZone: 'UTC' });
  by('kept').textContent = t.kept_for(told);
  by('kept_held').textContent = { late: t.kept_late, unsafe: t.kept_unsafe }[told.held] ?? '';
  replace('kept_list', 'kept', told, () => told.months.map((m) => element('li', t.kept_month(m.month, m.events, m.detail_goes && day(m.detail_goes), day(m.goes)))));
}

// Draws anew only what is another: focus and selection stay.
const drawn = {};
function replace(id, what, value, draw) {
  const text = JSON.stringify(value);
  if (drawn[what] === text) return;
  const focused = by(id).contains(document.activeElement);
  drawn[what] = text;
  by(id).replaceChildren(...draw());
  if (focused) by(id).querySelector('button')?.focus();
}

function timer(told) {
  const entry = told?.entry;
  replace('timer', 'timer', entry && [entry.id, entry.note, entry.project], () => {
    if (!entry) return [element('p', t.no_timer, 'muted')];
    const stop = element('button', t.stop, 'btn');
    stop.addEventListener('click', () => tell('POST', 'timer/stop'));
    return [Object.assign(element('p', '', 'clock'), { id: 'clock' }), element('p', [entry.customer, entry.project, entry.task, entry.note].filter(Boolean).join(' · ')), stop];
  });
  tick();
}

function tick() {
  const entry = last?.timer?.entry;
  if (!entry || !by('clock')) return;
  const s = Math.max(0, Math.floor((Date.now() - new Date(entry.start)) / 1000));
  by('clock').textContent = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map((n) => String(n).padStart(2, '0')).join(':');
}

// What the person is writing is theirs.
const untouched = new Set(['hours', 'rules']);
function fill(id, value) {
  if (untouched.has(id)) by(id).value = value;
}

async function ask() {
  try {
    show(await call('GET', 'state'));
    by('trouble').hidden = true;
  } catch (error) {
    trouble(error);
  }
  by('main').setAttribute('aria-busy', 'false');
}

function trouble(error) {
  by('trouble').textContent = error instanceof TypeError ? t.gone : key ? error.message : t.key;
  by('trouble').hidden = false;
}

async function tell(method, path, body) {
  try {
    await call(method, path, body ?? {});
    await ask();
    return true;
  } catch (error) {
    trouble(error);
    return false;
  }
}

let testing = 0;
async function test() {
  const turn = ++testing;
  const sample = Object.fromEntries(new FormData(by('test_form')));
  if (!Object.values(sample).some(Boolean)) { by('tested').textContent = ''; return; }
  try {
    const told = await call('POST', 'test-rule', { ...sample, rules: by('rules').value });
    if (turn !== testing) return;
    const left = [told.app, told.title, told.url].filter(Boolean).join(' · ');
    by('tested').textContent = (told.outcome === 'changed' ? t.changed(left) : t[told.outcome]) + told.because.map(t.because).join('');
  } catch (error) {
    if (turn === testing) by('tested').textContent = error.message;
  }
}

// The office's page leads here with an application's name (#private=…). Any page could: so it is a question, and the person answers it.
function askPrivate(hash) {
  const app = new URLSearchParams(hash).get('private')?.trim();
  if (!app) return;
  by('private_title').textContent = t.private_title(app);
  by('private_yes').textContent = t.private_yes(app);
  by('private_yes').onclick = async () => {
    if (!await tell('POST', 'private', { app })) return;
    by('private').hidden = true;
    by('private_said').textContent = t.private_done(app);
  };
  by('private_said').textContent = '';
  by('private').hidden = false;
  by('private_title').focus();
}

document.documentElement.lang = language;
for (const place of document.querySelectorAll('[data-t]')) place.textContent = t[place.dataset.t];
by('consent_text').replaceChildren(...t.consent.map((line) => element('li', line)));
by('consent_yes').addEventListener('click', () => tell('POST', 'record', { on: true }));
by('record_off').addEventListener('click', () => tell('POST', 'record', { on: false }));
for (const id of untouched) by(id).addEventListener('input', () => untouched.delete(id), { once: false });
by('private_no').addEventListener('click', () => { by('private').hidden = true; });
addEventListener('hashchange', () => askPrivate(takeHash()));
askPrivate(came);
by('hours_form').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (await tell('POST', 'hours', { hours: by('hours').value })) untouched.add('hours');
});
by('rules_form').addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    await call('PUT', 'rules', { rules: by('rules').value, mark });
    untouched.add('rules');
    by('rules_said').textContent = t.saved;
    await ask();
  } catch (error) {
    if (typeof error.told?.own !== 'string') { trouble(error); return; }
    mark = error.told.mark;
    by('rules_said').textContent = t.changed_elsewhere(error.told.own);
  }
});
by('rules').addEventListener('input', () => { by('rules_said').textContent = ''; test(); });
by('test_form').addEventListener('input', test);
by('test_form').addEventListener('submit', (event) => event.preventDefault());
setInterval(tick, 1000);
setInterval(() => { if (document.visibilityState === 'visible') ask(); }, EVERY_MS);
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') ask(); });
ask();
