// A workbench in a browser, driven as a person drives it: the palette, the side bar, trees, and the pages of panels.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Locator, Page } from 'playwright-core';

/** The accessibility rules of axe-core, as the script that a page runs. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** How long anything may take to be seen. */
export const LIMIT_MS = 30_000;

/** The field of the palette, or of whatever else is asked. */
export function inputOf(page: Page): Locator {
  return page.locator('.quick-input-widget:visible input.input');
}

/** A row of what is offered below the field. */
export function quickRow(page: Page, text: string): Locator {
  return page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
}

/** An item of a tree of the side bar, by the tree's name and a part of its own. */
export function itemOf(page: Page, tree: string, text: string): Locator {
  return page.getByRole('tree', { name: tree }).getByRole('treeitem', { name: text }).first();
}

/** Brings the last rows of a tree of the side bar into view: what is scrolled out of it is not drawn. */
export async function scrollToEnd(page: Page, tree: string): Promise<void> {
  await page.getByRole('tree', { name: tree }).first().focus();
  await page.keyboard.press('End');
}

/** Rows and lenses are drawn anew while the layout settles: a click is tried in short turns. */
export async function click(target: Locator): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      await target.click({ timeout: 1_500 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Opens the side bar on Phasegate. A click on the icon of one that is open would close it: it is made only where it is not. */
export async function openSideBar(on: Page): Promise<void> {
  const icon = on.locator('.activitybar .action-item', {
    has: on.locator('.action-label[aria-label^="Phasegate"]'),
  });
  let clickError: unknown;
  const title = on.locator('.part.sidebar .title-label', { hasText: /phasegate/i });
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    await icon.waitFor();
    if (!/\bchecked\b/.test((await icon.getAttribute('class')) ?? ''))
      await icon
        .click({ timeout: 1_500 }) // as a whole: the badge lies over its picture
        .catch((error: unknown) => void (clickError = error));
    try {
      await title.waitFor({ timeout: 3_000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`the side bar did not open: ${String(clickError)}`, { cause: error });
    }
  }
}

/** Runs a command of the palette by its title. One that is opened while a window starts can be closed again: it is opened anew. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      await page.keyboard.press('F1');
      await inputOf(page).fill(`>${title}`, { timeout: 2_000 });
      await quickRow(page, title).click({ timeout: 2_000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Opens the quick fixes where the cursor is, with these among them. They close when the editor or its problems settle meanwhile: they are opened anew. */
export async function openQuickFixes(page: Page, ...titles: readonly string[]): Promise<void> {
  const fixes = page.locator('.action-widget');
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      await page.keyboard.press('Control+1'); // the first editor
      await page.keyboard.press('Control+.');
      for (const title of titles) await fixes.filter({ hasText: title }).first().waitFor({ timeout: 3_000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** The frame of the panel whose page holds a selector. */
export async function frameOf(page: Page, selector: string): Promise<Frame> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    for (const frame of page.frames()) {
      const found =
        frame === page.mainFrame()
          ? 0
          : await frame
              .locator(selector)
              .count()
              .catch(() => 0);
      if (found > 0) return frame;
    }
    if (Date.now() > deadline) throw new Error(`no page holds ${selector}`);
    await page.locator('.monaco-workbench').waitFor();
  }
}

/** What breaks a rule of WCAG 2.2 AA in a page: the rule and the elements. */
export async function axeProblems(frame: Frame): Promise<readonly string[]> {
  await frame.evaluate(AXE);
  return frame.evaluate<readonly string[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(node => id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`,
  );
}
