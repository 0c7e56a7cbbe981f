/**
 * The idempotency key of what a person means to do now.
 *
 * As long as nobody knows whether the last try arrived, trying the same again sends the same key,
 * so that points move once. With other input, or after an answer, it is another intent.
 */
export class IntentKey {
  #open: { readonly input: string; readonly key: string } | null = null;

  of(input: unknown): string {
    const text = JSON.stringify(input) ?? "";
    if (this.#open?.input !== text) this.#open = { input: text, key: crypto.randomUUID() };
    return this.#open.key;
  }

  /** It was answered: what comes next is another intent. */
  settled(): void {
    this.#open = null;
  }
}
