// The README's picture of the workbench: the whole sample, the trees, a failing column at the line that computes it, and the coverage grid beside it, in the dark theme.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchBrowser } from './host/browser.mjs';
import { loadExtension, serveWorkbench } from './host/server.mjs';
import { ROOT } from './setup.mjs';

/** The end of the processor, where the column is computed that fails. */
const LINE = 64;
const say = text => process.stderr.write(`${text}\n`);
const root = mkdtempSync(path.join(tmpdir(), 'phasegate-picture-'));
const folder = path.join(root, 'sample-league');
const file = path.join(ROOT, 'media', 'workbench.png');
spawnSync(process.execPath, [path.join(ROOT, 'bin/phasegate.cjs'), 'sample', folder], { stdio: 'ignore' });
const server = await serveWorkbench({
  settings: { 'workbench.colorTheme': 'Default Dark Modern', 'editor.minimap.enabled': false },
  log: say,
});
let browser;
try {
  [, browser] = await Promise.all([server.start(), launchBrowser(say)]);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await loadExtension(page, server, { extension: ROOT });
  await page.goto(server.address({ folder }), { waitUntil: 'commit' });
  await page.locator('.activitybar .action-label[aria-label^="Phasegate"]').click({ timeout: 60_000 });
  const input = page.locator('.quick-input-widget:visible input.input');
  await page
    .getByRole('tree', { name: 'Phases' })
    .getByRole('treeitem', { name: 'player_game_summary: fail' })
    .waitFor({ timeout: 60_000 });
  await page.keyboard.press('Control+P');
  await input.fill('player_game_summary_processor.py');
  await page
    .locator('.quick-input-list .monaco-list-row', { hasText: 'player_game_summary_processor.py' })
    .first()
    .click();
  await page.keyboard.press('Control+G');
  await input.fill(`:${LINE}`);
  await page.keyboard.press('Enter');
  await page.locator('.squiggly-error').first().waitFor({ state: 'attached', timeout: 60_000 });
  await page.keyboard.press('F1');
  await input.fill('>Phasegate: Open Coverage Grid');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open Coverage Grid' }).first().click();
  let grid;
  while (grid === undefined) {
    for (const frame of page.frames())
      if (
        frame !== page.mainFrame() &&
        (await frame
          .locator('.grid canvas')
          .count()
          .catch(() => 0)) > 0
      )
        grid = frame;
    await page.waitForTimeout(50);
  }
  await grid.locator('.share').first().waitFor();
  await page.mouse.move(700, 880);
  await page.waitForTimeout(600); // hovers fade
  await page.screenshot({ path: file });
  process.stdout.write(`wrote ${path.relative(ROOT, file)}\n`);
} finally {
  await browser?.close();
  await server.stop();
  rmSync(root, { recursive: true, force: true });
}
