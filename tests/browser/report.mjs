// Opens a report in Chromium and looks at it as a reader would: with a keyboard, on a phone, on paper, without scripts.
//
//   npm ci && node report.mjs ../../evidence/report.html another.html
//
// The first report is looked at in every way, others only for what names may break: layout, policy, contrast.
// Nothing is fetched: the page is a file, and any request for anything else fails the test.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [file = '../../evidence/report.html', ...others] = process.argv.slice(2);
const address = (path) => pathToFileURL(resolve(path)).href;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});

const wrong = [];
async function open(options = {}, hash = '', path = file) {
  const page_address = address(path);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== page_address) wrong.push(`a request for ${request.url()}`);
  });
  page.on('console', (message) => wrong.push(`the console says: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`the script fails: ${error.message}`));
  await page.goto(page_address + hash);
  return page;
}

const shown = (page) => page.locator('.finding:visible').count();
const told = (page) => page.locator('#told').textContent();

const tests = {
  async 'what waivers cover is counted apart from other findings'() {
    const page = await open();
    const [fail, waived] = await Promise.all(['fail', 'waived'].map((one) => page.locator(`.finding[data-s=${one}]`).count()));
    const more = waived ? ` and ${waived} of ${waived} waived` : '';
    assert.ok((await told(page)).startsWith(`Shown: ${fail} of ${fail} finding${fail === 1 ? '' : 's'}${more}, `), await told(page));
    await page.context().close();
  },
  async 'filters, the search and the number of what is shown agree'() {
    const page = await open();
    const all = await shown(page);
    assert.ok(all > 20, 'the demo has findings');
    for (const [name, attribute] of [['severity', 'data-v'], ['owner', 'data-o'], ['framework', 'data-r'], ['system', 'data-y']]) {
      const option = page.locator(`select[name=${name}] option`).nth(2);
      await page.selectOption(`select[name=${name}]`, await option.getAttribute('value'));
      const some = await shown(page);
      assert.ok(some > 0 && some < all + 1, `${name}: ${some} of ${all}`);
      assert.match(await told(page), new RegExp(`^Shown: ${some} of ${all} findings`));
      const key = (await option.getAttribute('data-key')) ?? (await option.getAttribute('value'));
      const parts = await page.locator('.finding:visible').evaluateAll((list, name) => list.map((one) => one.getAttribute(name)), attribute);
      for (const part of parts) {
        const keys = part.split(' ').map((one) => (name === 'framework' ? one.split('-')[0] : one));
        assert.ok(keys.includes(key), `${name} ${key} among ${part}`);
      }
      await page.click('button[type=reset]');
      await page.waitForFunction((all) => document.querySelectorAll('.finding:not([hidden])').length === all, all);
    }
    const name = await page.locator('.finding strong').first().textContent();
    await page.fill('input[name=search]', name.toUpperCase());
    await page.waitForFunction((all) => document.querySelectorAll('.finding:not([hidden])').length < all, all);
    for (const text of await page.locator('.finding:visible').allTextContents()) {
      assert.ok(text.toLowerCase().includes(name.toLowerCase()), name);
    }
    await page.fill('input[name=search]', 'nothing has this text');
    await page.getByText('No finding matches.').waitFor();
  },

  async 'what is not known and what passed can be looked for by their status'() {
    const page = await open();
    await page.selectOption('select[name=status]', 'unknown');
    assert.equal(await shown(page), 0);
    assert.ok((await page.locator('.gap:visible').count()) > 0);
    assert.equal(await page.locator('#passes tbody tr:visible').count(), 0);
    await page.selectOption('select[name=status]', 'pass');
    assert.equal(await page.locator('.gap:visible').count(), 0);
    assert.ok((await page.locator('#passes tbody tr:visible').count()) > 0);
  },

  async 'groups hold every finding once, and the address keeps what is chosen'() {
    const page = await open();
    const all = await shown(page);
    const order = () => page.locator('.finding').evaluateAll((list) => list.map((one) => one.id).join());
    const before = await order();
    for (const by of ['owner', 'system', 'ai', 'severity']) {
      await page.selectOption('select[name=group]', by);
      assert.equal(await shown(page), all, by);
      const counts = await page.locator('.group:visible .count').allTextContents();
      assert.equal(counts.map((text) => Number.parseInt(text, 10)).reduce((a, b) => a + b), all, by);
    }
    await page.selectOption('select[name=severity]', 'high');
    const high = await shown(page);
    const hash = new URL(page.url()).hash;
    assert.equal(hash, '#show:severity=high&group=severity');
    const again = await open({}, hash);
    assert.equal(await shown(again), high);
    await page.click('button[type=reset]');
    await page.waitForFunction((all) => document.querySelectorAll('.finding:not([hidden])').length === all, all);
    assert.equal(await order(), before);
  },

  async 'a link opens what it leads to, also where a filter hides it'() {
    const page = await open();
    await page.selectOption('select[name=status]', 'pass');
    await page.locator('#attention a[href^="#finding-"]').first().click();
    await page.locator('.finding[open]').waitFor();
    const finding = page.locator('.finding[open]');
    assert.ok(await finding.locator('table.evidence').isVisible());
    assert.ok(await finding.locator('.fix .prose').isVisible(), 'what to do stands in an opened finding');
    await finding.locator('a[href^="#check-"]').first().click();
    await page.locator('.check[open]').waitFor();
  },

  async 'the keyboard alone reaches the controls and opens a finding'() {
    const page = await open();
    const focused = () => page.evaluate(() => {
      const at = document.activeElement;
      return at.name || at.className || at.tagName;
    });
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'skip');
    await page.keyboard.press('Enter');
    const seen = new Set();
    for (let n = 0; n < 400 && !seen.has('search'); n += 1) {
      await page.keyboard.press('Tab');
      seen.add(await focused());
    }
    for (const name of ['status', 'severity', 'framework', 'owner', 'system', 'search']) {
      assert.ok(seen.has(name), `${name} is reached`);
    }
    await page.keyboard.type('administrator');
    await page.waitForFunction(() => document.getElementById('told').textContent.startsWith('Shown: ')
      && document.querySelectorAll('.finding[hidden]').length > 0);
    for (let n = 0; n < 20; n += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement.matches('.finding > summary'))) break;
    }
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.finding[open]').count(), 1);
  },

  async 'what has the focus is seen, and keys group, fold and clear'() {
    const page = await open();
    const all = await shown(page);
    for (const part of ['select[name=group]', 'input[name=search]', 'button[name=open]', '.finding > summary', 'nav a', '.scroll']) {
      await page.locator(part).first().focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth);
      assert.equal(outline, 'solid3px', part);
    }
    await page.locator('select[name=group]').focus();
    await page.keyboard.press('s');
    await page.waitForFunction(() => document.querySelector('#groups').hidden);
    assert.equal(await shown(page), all);
    await page.locator('.finding:visible > summary').first().focus();
    await page.keyboard.press('Space');
    assert.equal(await page.locator('.finding[open]').count(), 1);
    await page.keyboard.press('Space');
    assert.equal(await page.locator('.finding[open]').count(), 0);
    await page.locator('button[type=reset]').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => !document.querySelector('#groups').hidden);
  },

  async 'verdicts are words with a sign, and the sign that folds lies within its column'() {
    const page = await open();
    const marks = await page.locator('.finding .marks').allTextContents();
    assert.ok(marks.every((text) => /[✕≈] (fail|waived)\s+[◆▲■●] (critical|high|medium|low)/.test(text.replace(/\s+/g, ' '))));
    for (const part of ['.finding', '.check']) {
      const inside = await page.locator(`${part} > summary`).first().evaluate((one) => {
        const style = getComputedStyle(one, '::before');
        return style.position === 'static' && Number.parseFloat(style.marginLeft) >= 0 && style.content.includes('+');
      });
      assert.ok(inside, part);
    }
  },

  async 'with forced colours all that is told is seen, and nothing moves'() {
    for (const colorScheme of ['light', 'dark']) {
      const page = await open({ colorScheme, forcedColors: 'active', reducedMotion: 'reduce' });
      const same = await page.evaluate(() => {
        const colours = (one) => [getComputedStyle(one).fill, getComputedStyle(one).color];
        const box = document.querySelector('.az-node');
        const text = document.querySelector('.az-name');
        const marks = [...document.querySelectorAll('.verdict, .sev, .status')].slice(0, 50);
        return {
          drawn: colours(box)[0] !== colours(text)[0],
          framed: marks.every((one) => Number.parseFloat(getComputedStyle(one).borderTopWidth) > 0),
          moves: [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).some((rule) => /transition|animation|smooth/.test(rule.cssText)),
        };
      });
      assert.deepEqual(same, { drawn: true, framed: true, moves: false }, colorScheme);
    }
  },

  async 'numbers of a drawing cover no text, and no text leaves its box'() {
    for (const path of [file, ...others]) {
      const page = await open({}, '', path);
      const bad = await page.evaluate(() => {
        document.querySelectorAll('.finding').forEach((one, n) => { one.open = n % 4 === 0; });
        const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
        const found = [];
        for (const drawing of document.querySelectorAll('.az-drawing')) {
          const of = (kind) => [...drawing.querySelectorAll(kind)].map((one) => [one.getBoundingClientRect(), one.textContent]);
          const [boxes, dots, texts] = [of('.az-node'), of('.az-dot'), of('.az-name')];
          for (const [text, words] of texts) {
            if (text.width === 0) continue;
            if (dots.some(([dot]) => over(dot, text))) found.push(`a number on ${words}`);
            if (!boxes.some(([box]) => box.left <= text.left && text.right <= box.right + 1)) found.push(`${words} is broader than its box`);
          }
        }
        return found;
      });
      assert.deepEqual(bad.slice(0, 5), [], path);
    }
  },

  async 'axe finds no serious fault, light and dark, wide and narrow, folded and open'() {
    const ways = [{}, { colorScheme: 'dark' }, { viewport: { width: 360, height: 800 } }];
    for (const [path, options] of [...ways.map((way) => [file, way]), ...others.map((path) => [path, { colorScheme: 'dark' }])]) {
      const page = await open(options, '', path);
      for (const all of [false, true]) {
        await page.evaluate((open) => {
          document.querySelectorAll('.finding, .check, .card details').forEach((one, n) => { one.open = open && n % 5 === 0; });
        }, all);
        await page.evaluate(axe);
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        const grave = found.violations.filter((one) => ['serious', 'critical'].includes(one.impact));
        const say = grave.map((one) => `${one.id}: ${one.nodes.length} times, as in ${one.nodes[0].html.slice(0, 200)}`);
        assert.deepEqual(say, [], JSON.stringify(options));
      }
    }
  },

  async 'nothing is wider than a phone'() {
    for (const [path, width] of [file, ...others].flatMap((path) => [320, 390, 768].map((width) => [path, width]))) {
      const page = await open({ viewport: { width, height: 800 } }, '', path);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      const widest = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(widest <= width, `${widest} at ${width} in ${path}`);
    }
  },

  async 'without scripts all is there, and the form is not'() {
    const page = await open({ javaScriptEnabled: false });
    assert.ok(!(await page.locator('#filter').isVisible()));
    assert.ok((await page.locator('.finding').count()) > 20);
    assert.equal(await shown(page), await page.locator('.finding').count(), 'each is read as a line');
    for (const part of ['.finding', '.check', '.card details']) {
      const one = page.locator(part).first();
      await one.locator('summary').click();
      assert.ok(await one.locator('table.evidence, .how, .reach').first().isVisible(), part);
    }
  },

  async 'on paper everything is open, with or without scripts'() {
    for (const javaScriptEnabled of [true, false]) {
      const page = await open({ javaScriptEnabled });
      const all = await page.locator('.finding').count();
      await page.emulateMedia({ media: 'print' });
      const pages = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type\s*\/Page[^s]/g).length;
      // All of it, and no more than a page a finding with all else: the checks are an appendix in small type.
      assert.ok(pages > 40 && pages < all, `${pages} pages`);
      assert.ok(await page.locator('.finding').first().locator('table.evidence').isVisible() || javaScriptEnabled);
    }
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    assert.deepEqual(wrong.splice(0), []);
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.message}`);
  }
  for (const context of browser.contexts()) await context.close();
}
await browser.close();
process.exit(failed ? 1 : 0);
