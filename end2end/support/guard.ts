// Fails a test when a page wrote an error to the console, threw, or was refused something by its own content policy.
import type { BrowserContext, Page } from '@playwright/test';

export class Guard {
  readonly #found: string[] = [];
  readonly #allowed: RegExp[] = [];

  watch(context: BrowserContext): void {
    for (const page of context.pages()) this.#watchPage(page);
    context.on('page', (page) => this.#watchPage(page));
  }

  /** For the tests that provoke an error: a 404 page, a refused request. */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  get errors(): string[] {
    return this.#found.filter((error) => !this.#allowed.some((pattern) => pattern.test(error)));
  }

  #watchPage(page: Page): void {
    page.on('pageerror', (error) => this.#found.push(`${page.url()}: uncaught ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#found.push(`${message.location().url || page.url()}: ${message.text()}`);
    });
    page.on('crash', () => this.#found.push(`${page.url()}: the page crashed`));
  }
}
