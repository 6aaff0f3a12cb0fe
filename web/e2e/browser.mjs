// A browser that is watched: every policy violation, script error and console error counts against the page,
// unless the step that runs said that it belongs there. Audits a state by axe in light, dark and on a phone, and photographs it
// when TIMEBOOK_SHOTS names a folder: a picture costs more than the audit, and in the suite nobody looks at it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const pictures = process.env.TIMEBOOK_SHOTS;

/** Opens a page; what it looked like when it failed goes to `out`. Close it in the end, and call `verdict` for what was found. */
export async function open(out) {
  mkdirSync(out, { recursive: true });
  if (pictures) mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // No sandbox, because containers that run tests as root do not allow one.
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({
    // The office's own authority is not in the browser's store.
    ignoreHTTPSErrors: true,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: DESK,
    // Colours must not be half-way between two states while they are measured.
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = [];
  let tolerated = [];
  const fault = (what, where = '') => {
    if (tolerated.some((pattern) => pattern.test(`${what} ${where}`))) return;
    faults.push(`${what} ${where}`.trim());
    // At once as well, so that one sees during which step.
    console.log(`  fault: ${what} ${where}`);
  };
  page.on('console', (message) => {
    // The office's authority is not trusted in this browser: then it keeps no files of the page, and says so in its own words.
    if (message.text().startsWith('An SSL certificate error occurred when fetching the script')) return;
    if (['error', 'warning'].includes(message.type())) fault(`console ${message.type()}: ${message.text()}`, message.location().url);
  });
  page.on('pageerror', (error) => fault(`script error: ${error.stack ?? error.message}`));
  await context.exposeBinding('reportViolation', (_, text) => fault(`policy violation: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) => window.reportViolation(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber}`));
  });

  /** Runs a step during which the given messages are part of the plan; a browser logs each refused call as an error. */
  async function tolerating(patterns, step) {
    tolerated = patterns;
    try {
      return await step();
    } finally {
      tolerated = [];
    }
  }

  /** Audits what is on the page now in every look, and photographs it where pictures were asked for; then returns it to the desk in light. */
  async function state(name) {
    const focus = await page.evaluateHandle(() => document.activeElement);
    for (const { look, size, colorScheme, rules } of LOOKS) {
      if (page.viewportSize().width !== size.width) await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await calm(colorScheme);
      if (pictures) await settled(join(pictures, `${name}-${look}.png`));
      const { wide, found } = await audit(rules);
      if (wide > 0) faults.push(`${name} ${look}: the page is ${wide} px too wide`);
      for (const violation of found) faults.push(`${name} ${look}: ${violation}`);
    }
    await page.setViewportSize(DESK);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await focus.evaluate((element) => element?.focus?.());
    console.log(`  ${name}`);
  }

  /** Waits until the colours have arrived everywhere: what is half-way between two has a contrast of its own. */
  const calm = (colorScheme) =>
    page.evaluate(async (dark) => {
      const frame = () => new Promise((next) => requestAnimationFrame(next));
      for (let i = 0; i < 100 && matchMedia('(prefers-color-scheme: dark)').matches !== dark; i++) await frame();
      await frame();
      await frame();
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    }, colorScheme === 'dark');

  async function audit(rules) {
    // Once in a document: reading it costs more than most of its rules.
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${axe};0`);
    return page.evaluate(async (runOnly) => {
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      const { violations } = await window.axe.run(document, { runOnly, resultTypes: ['violations'] });
      return { wide, found: violations.map((v) => `${v.id} (${v.impact}): ${v.help} — ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary?.replaceAll(/\s+/g, ' ').slice(0, 220)}`).join(' | ')}`) };
    }, rules);
  }

  /** Photographs until two pictures in a row are the same. */
  async function settled(path) {
    const fullPage = (await page.locator('dialog[open]').count()) === 0;
    // By script and not by a style sheet, which the page's policy would refuse.
    const hide = (hidden) => page.evaluate(([what, hidden]) => document.querySelectorAll(what).forEach((node) => (node.style.visibility = hidden ? 'hidden' : '')), [RESTLESS, hidden]);
    await hide(true);
    let before = await page.screenshot({ fullPage });
    let last = before;
    for (let tries = 0; tries < 50; tries++) {
      const next = await page.screenshot({ fullPage });
      if (next.equals(last)) {
        await hide(false);
        return void (await page.screenshot({ fullPage, path }));
      }
      [before, last] = [last, next];
    }
    await hide(false);
    writeFileSync(path, last);
    writeFileSync(path.replace('.png', '-before.png'), before);
    fault(`${path} never came to rest; beside it is the picture before it`);
  }

  /** Prints what was found; true when there was nothing. */
  function verdict() {
    for (const line of faults) console.error(`FAULT ${line}`);
    return faults.length === 0;
  }

  const photograph = (name) => page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  return { page, context, state, tolerating, verdict, photograph, fault, close: () => browser.close() };
}

/**
 * Tells a story step by step: the first step that fails is named, photographed and ends it. Closes what is watched, one browser or several, and
 * sets the exit code by what was found. `failed` photographs what else there is; `closed` ends what the story began itself.
 */
export async function tell(watched, steps, { failed = async () => {}, closed = async () => {} } = {}) {
  const all = [watched].flat();
  let current = '';
  try {
    for (const [title, step] of Object.entries(steps)) {
      current = title;
      console.log(title);
      await step();
    }
  } catch (error) {
    all[0].fault(`step “${current}”: ${error.message}`);
    // A page that is gone has no picture; why the story failed is said already.
    await Promise.allSettled([...all.map((each) => each.photograph('failed')), failed()]);
  } finally {
    await Promise.all(all.map((each) => each.close()));
    await closed();
  }
  process.exitCode = all.map((each) => each.verdict()).every(Boolean) ? 0 : 1;
}

/** Fails the run with a sentence. */
export function must(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

/** The browser's own line about a call that the server refuses in this step. */
export const refused = (status, path) => new RegExp(`status of ${status} .*${path.replaceAll('/', '\\/')}`);

/** The timer, whose clock runs, and news that goes by itself: part of the picture, not of the comparison. */
const RESTLESS = 'header .timer, .toasts, .toasts *';
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const TAGS = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
/** Dark is the same page in other colours: only what depends on them is asked again. */
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
const LOOKS = [
  { look: 'light', size: DESK, colorScheme: 'light', rules: TAGS },
  { look: 'dark', size: DESK, colorScheme: 'dark', rules: COLOURS },
  { look: 'phone', size: PHONE, colorScheme: 'light', rules: TAGS },
];
