// The change of a pull request as pages show it, so that what was promised can be held against what was done.
import type { Locator, Page } from '@playwright/test';

/** Path to its lines, each with `+` or `-` in front; lines of context and of hunks left out. */
export type Changes = Record<string, string[]>;

/** From the portal: the panel of a draft, the changes of a request. Folded files count too. */
export async function changesShown(within: Locator): Promise<Changes> {
  return within.locator('details.file').evaluateAll((files) =>
    Object.fromEntries(
      files.map((file) => [
        file.querySelector('.file-path')?.textContent ?? '',
        [...file.querySelectorAll('tr.added, tr.removed')].map((row) => {
          const text = row.querySelector('.diff-text')?.textContent ?? '';
          return (row.classList.contains('added') ? '+' : '-') + text.slice(1);
        }),
      ]),
    ),
  );
}

/** From the sandbox's page of a pull request. */
export async function changesInBitbucket(page: Page): Promise<Changes> {
  return page.locator('.diff').evaluateAll((files) =>
    Object.fromEntries(
      files.map((file) => [
        (file.querySelector('h3')?.firstChild?.textContent ?? '').trim(),
        [...file.querySelectorAll('tr.added, tr.removed')].map((row) => {
          const text = row.querySelector('td:last-child')?.textContent ?? '';
          return (row.classList.contains('added') ? '+' : '-') + text;
        }),
      ]),
    ),
  );
}
