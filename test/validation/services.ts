// A pipeline opened as every gate's test opens it: nothing from the cache, and no word of progress.
import { Services } from '../../src/services';
import type { OpenOptions } from '../../src/services/opening';

export function openPipeline(cwd: string, options: Partial<OpenOptions> = {}): Services {
  const opened = Services.open({
    cwd,
    env: {},
    useCache: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...options,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  return opened.services;
}
