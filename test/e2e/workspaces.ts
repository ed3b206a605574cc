// One served workbench for the tests of a file, samples in folders of their own, and windows on them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { launchBrowser } from '../../scripts/host/browser.mjs';
import { loadExtension, serveWorkbench } from '../../scripts/host/server.mjs';
import { LIMIT_MS, openSideBar } from './driver';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** How long a test may take, with the windows that it opens, on a machine that does other things too. */
const TEST_MS = 180_000;
/** Where pictures go. */
const SHOTS = path.join(ROOT, 'shots');

export type Server = Awaited<ReturnType<typeof serveWorkbench>>;

export interface Workspaces {
  /** The environment of the extension host, and of our command line beside it. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a sample of the last dates into a folder of its own. Gives the folder. */
  readonly sample: (name: string, dates?: number) => string;
  /** Runs our command line to its end. Gives what it printed. @throws where it could not do what was asked */
  readonly phasegate: (folder: string, ...args: readonly string[]) => string;
  /** Opens a window on a folder, with Phasegate in its side bar. @param on another workbench than that of the file */
  readonly opened: (folder: string, on?: Server) => Promise<Page>;
  /** Keeps a picture of a window. */
  readonly picture: (page: Page, name: string) => Promise<void>;
}

/** Serves a workbench to the tests of a file; a test that fails leaves pictures of its windows. @param name of the file's tests */
export function useWorkspaces(name: string): Workspaces {
  vi.setConfig({ testTimeout: TEST_MS });
  const root = mkdtempSync(path.join(tmpdir(), `phasegate-${name}-e2e-`));
  const env = { PHASEGATE_STATE: path.join(root, 'state') };
  let server: Server | undefined;
  let browser: Browser | undefined;
  const picture = async (page: Page, of: string): Promise<void> => {
    await page.screenshot({ path: path.join(SHOTS, `${of}.png`) });
  };
  const phasegate = (folder: string, ...args: readonly string[]): string => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(ROOT, 'bin/phasegate.cjs'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    if (status === null || status > 2) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    server = await serveWorkbench({ env });
    const [, launched] = await Promise.all([server.start(), launchBrowser(() => undefined)]);
    browser = launched;
  }, TEST_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(root, { recursive: true, force: true });
  });
  afterEach(async ({ task }) => {
    const pages = browser?.contexts().flatMap(context => context.pages()) ?? [];
    for (const [i, each] of pages.entries()) {
      if (task.result?.state === 'fail') await picture(each, `failed-${name}-${i}`);
      await each.close();
    }
  });

  return {
    env,
    phasegate,
    picture,
    sample: (of, dates = 30) => {
      phasegate(root, 'sample', path.join(root, of), '--dates', String(dates));
      return path.join(root, of);
    },
    opened: async (folder, on = server) => {
      if (browser === undefined || on === undefined) throw new Error('there is no workbench');
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const page = await context.newPage();
      page.setDefaultTimeout(LIMIT_MS);
      await loadExtension(page, on, { extension: ROOT });
      await page.goto(on.address({ folder }), { waitUntil: 'commit' });
      await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
      await openSideBar(page);
      return page;
    },
  };
}
