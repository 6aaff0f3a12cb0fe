// A browser that is watched: every policy violation, script error and console error counts against the page,
// unless the step that runs said that it belongs there. Audits a state by axe in light, dark and on a phone.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Opens a page whose screenshots go to `out`. Close it in the end, and call `verdict` for what was found. */
export async function open(out) {
  mkdirSync(out, { recursive: true });
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

  /** Audits and photographs what is on the page now, then returns it to the desk in light. */
  async function state(name) {
    const focus = await page.evaluateHandle(() => document.activeElement);
    for (const [look, size, colorScheme] of LOOKS) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForFunction((dark) => matchMedia('(prefers-color-scheme: dark)').matches === dark, colorScheme === 'dark');
      await settled(join(out, `${name}-${look}.png`));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) faults.push(`${name} ${look}: the page is ${overflow} px too wide`);
      await page.evaluate(`${axe};0`);
      const found = await page.evaluate(
        (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then((r) => r.violations.map((v) => `${v.id} (${v.impact}): ${v.help} — ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary?.replaceAll(/\s+/g, ' ').slice(0, 220)}`).join(' | ')}`)),
        TAGS,
      );
      for (const violation of found) faults.push(`${name} ${look}: ${violation}`);
    }
    await page.setViewportSize(DESK);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await focus.evaluate((element) => element?.focus?.());
    console.log(`  ${name}`);
  }

  /** Photographs until two pictures in a row are the same: a change of colours reaches some shapes a few frames later. */
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
const LOOKS = [
  ['light', DESK, 'light'],
  ['dark', DESK, 'dark'],
  ['phone', PHONE, 'light'],
  ['phone-dark', PHONE, 'dark'],
];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
