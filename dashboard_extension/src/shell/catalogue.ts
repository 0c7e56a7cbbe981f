export type Language = "en" | "tr";
export type Messages = Readonly<Record<string, string>>;
type Source = () => Promise<Messages>;

const FILES = import.meta.glob<Messages>("/src/**/messages.*.json", { import: "default" });

/** The language of ours that fits a tag such as "tr-TR" of the Dashboard. */
export function languageOf(tag: string | undefined): Language {
  return /^tr\b/i.test(tag ?? "") ? "tr" : "en";
}

/** The folder of an area's texts: `shell`, `kit`, `pages/<name>` or `widgets/<name>`. */
export type Area = string;

/**
 * The texts of the areas that were asked for, in the language of the day.
 *
 * An area's texts come with its page, so that the first load stays small.
 */
export class Catalogue {
  readonly #sources: Readonly<Record<string, Source>>;
  readonly #listeners = new Set<() => void>();
  #areas: readonly Area[] = [];
  #now: { readonly language: Language; readonly messages: Messages };

  constructor(language: Language, sources: Readonly<Record<string, Source>> = FILES) {
    this.#sources = sources;
    this.#now = { language, messages: {} };
  }

  /** The language that is shown, and its texts by id. */
  get now(): { readonly language: Language; readonly messages: Messages } {
    return this.#now;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Has the texts of `areas` there when it ends. */
  async need(...areas: Area[]): Promise<void> {
    const fresh = areas.filter((area) => !this.#areas.includes(area));
    if (fresh.length === 0) return;
    let language: Language;
    let messages: Messages;
    do {
      language = this.#now.language;
      messages = await this.#read(fresh, language);
    } while (language !== this.#now.language);
    this.#areas = [...new Set([...this.#areas, ...fresh])];
    this.#set(language, { ...this.#now.messages, ...messages });
  }

  /** Shows another language, once all of its texts are there. */
  async speak(language: Language): Promise<void> {
    if (language === this.#now.language) return;
    const areas = this.#areas;
    const messages = await this.#read(areas, language);
    if (areas.length !== this.#areas.length) return this.speak(language);
    this.#set(language, messages);
  }

  async #read(areas: readonly Area[], language: Language): Promise<Messages> {
    const found = await Promise.all(areas.map((area) => this.#file(area, language)()));
    return Object.assign({}, ...found) as Messages;
  }

  #file(area: Area, language: Language): Source {
    const source = this.#sources[`/src/${area}/messages.${language}.json`];
    if (source === undefined) throw new Error(`no texts of ${area} in ${language}`);
    return source;
  }

  #set(language: Language, messages: Messages): void {
    this.#now = { language, messages };
    for (const listener of this.#listeners) listener();
  }
}
