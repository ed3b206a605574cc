// Text of the user's inside Markdown of ours.
import { formatInstant } from '../model/instant';
import type { Blame } from '../model/report';

/** The text as it is: nothing of it becomes markup. */
export function markdownText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+!|-]/g, String.raw`\$&`);
}

/** A name of the user's, as code. */
export function markdownCode(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** Since when something fails, with the commits in between as a list. */
export function blameMarkdown({ words, commits }: Blame): string {
  return [
    markdownText(words),
    ...commits.map(({ hash, at, subject }) => `- ${markdownCode(hash)} ${formatInstant(at)} ${markdownText(subject)}`),
  ].join('\n');
}
