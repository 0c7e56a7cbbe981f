import type { Language } from "./catalogue";
import { reload } from "./reload";

/** They stand here, as what cannot be read are the texts. */
const WORDS: Readonly<Record<Language, { title: string; text: string; retry: string; retrying: string }>> = {
  en: {
    title: "The page could not be loaded",
    text: "The app does not answer. Check your connection and try again.",
    retry: "Try again",
    retrying: "Trying again …",
  },
  tr: {
    title: "Sayfa yüklenemedi",
    text: "Uygulama yanıt vermiyor. Bağlantınızı denetleyip yeniden deneyin.",
    retry: "Yeniden dene",
    retrying: "Yeniden deneniyor …",
  },
};

/** Says in `root` that the page's parts cannot be had, where it would otherwise stay blank. */
export function showAway(root: HTMLElement, language: Language, again: () => Promise<boolean> = reload): void {
  const words = WORDS[language];
  const title = document.createElement("strong");
  title.textContent = words.title;
  const text = document.createElement("p");
  text.textContent = words.text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "kit-button";
  button.dataset.variant = "secondary";
  button.textContent = words.retry;
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    const tell = (trying: boolean) => {
      button.setAttribute("aria-disabled", String(trying));
      button.textContent = trying ? words.retrying : words.retry;
    };
    tell(true);
    void again().then((there) => !there && tell(false));
  });
  const said = document.createElement("div");
  said.append(title, text);
  const notice = document.createElement("div");
  notice.className = "kit-notice";
  notice.dataset.tone = "error";
  notice.setAttribute("role", "alert");
  notice.append(said, button);
  document.documentElement.lang = language;
  root.replaceChildren(notice);
}
