// Measures how long a report takes to open in Chromium, and to answer a keystroke in its search.
//
//   npm ci && node opening.mjs ../../evidence/report.html
//
// Each figure is the median of five openings in a browser of its own. Nothing here passes or fails.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const RUNS = 5;
const file = resolve(process.argv[2] ?? '../../evidence/report.html');
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

/** How long the page is busy with what is typed, letter by letter: from the event to the frame that shows its answer. */
async function typed(page, text) {
  return page.evaluate(async (text) => {
    const field = document.querySelector('input[name=search]');
    const took = [];
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    for (let n = 1; n <= text.length; n += 1) {
      field.value = text.slice(0, n);
      const start = performance.now();
      // What the script waits for before it looks is no work of the page.
      field.dispatchEvent(new Event('change', { bubbles: true }));
      await frame();
      took.push(performance.now() - start);
    }
    return took;
  }, text);
}

const all = { paint: [], loaded: [], first: [], next: [], slowest: [] };
let elements = 0;
for (let n = 0; n < RUNS; n += 1) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  const at = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    loaded: performance.getEntriesByType('navigation')[0].loadEventEnd,
    elements: document.querySelectorAll('*').length,
  }));
  elements = at.elements;
  all.paint.push(at.paint);
  all.loaded.push(at.loaded);
  if (await page.locator('.finding').count()) {
    const [first, ...next] = await typed(page, 'administrator');
    all.first.push(first);
    all.next.push(median(next));
    all.slowest.push(Math.max(...next));
  }
  await browser.close();
}
const ms = (list) => (list.length ? `${Math.round(median(list))} ms` : 'none');
console.log(`size          ${(statSync(file).size / 1e6).toFixed(1)} MB, ${elements.toLocaleString('en')} elements`);
console.log(`first paint   ${ms(all.paint)}`);
console.log(`load event    ${ms(all.loaded)}`);
console.log(`first letter  ${ms(all.first)}`);
console.log(`each further  ${ms(all.next)}, the slowest ${ms(all.slowest)}`);
