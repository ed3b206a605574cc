// The README's picture of the workbench: the whole sample, the trees, the manifest and a preflight's report, in the dark theme.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchBrowser } from './host/browser.mjs';
import { loadExtension, serveWorkbench } from './host/server.mjs';
import { ROOT } from './setup.mjs';

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
  const tree = page.getByRole('tree', { name: 'Phases' });
  const table = tree.getByRole('treeitem', { name: 'player_game_summary: fail' });
  await table.click();
  await page.locator('.codelens-decoration a:visible', { hasText: 'Preflight' }).last().click({ timeout: 20_000 });
  let report;
  while (report === undefined) {
    for (const frame of page.frames())
      if (
        frame !== page.mainFrame() &&
        (await frame
          .locator('button.row')
          .count()
          .catch(() => 0)) > 0
      )
        report = frame;
    await page.waitForTimeout(50);
  }
  await report.locator('button.row').first().click();
  await report.locator('.details').first().waitFor();
  await page.mouse.move(700, 880);
  await page.waitForTimeout(600); // hovers fade
  await page.screenshot({ path: file });
  process.stdout.write(`wrote ${path.relative(ROOT, file)}\n`);
} finally {
  await browser?.close();
  await server.stop();
  rmSync(root, { recursive: true, force: true });
}
