import { expect, it } from "vitest";

import { Catalogue, languageOf, type Messages } from "./catalogue";

const texts = (messages: Messages) => () => Promise.resolve(messages);
const SOURCES = {
  "/src/kit/messages.en.json": texts({ "kit.save": "Save" }),
  "/src/kit/messages.tr.json": texts({ "kit.save": "Kaydet" }),
  "/src/pages/a/messages.en.json": texts({ "a.title": "A" }),
  "/src/pages/a/messages.tr.json": texts({ "a.title": "A tr" }),
};

it.each([
  ["tr", "tr"],
  ["tr-TR", "tr"],
  ["TR_TR", "en"],
  ["trx", "en"],
  ["de", "en"],
  [undefined, "en"],
])("the language for %s is %s", (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});

it("holds the texts of what was asked for alone, and in the other language all of them", async () => {
  const catalogue = new Catalogue("en", SOURCES);
  await catalogue.need("kit");
  expect(catalogue.now.messages).toEqual({ "kit.save": "Save" });
  await catalogue.need("pages/a");
  await catalogue.speak("tr");
  expect(catalogue.now).toEqual({ language: "tr", messages: { "kit.save": "Kaydet", "a.title": "A tr" } });
});

it("mixes no languages when one changes while texts are on their way", async () => {
  const catalogue = new Catalogue("en", SOURCES);
  await catalogue.need("kit");
  await Promise.all([catalogue.need("pages/a"), catalogue.speak("tr")]);
  expect(catalogue.now).toEqual({ language: "tr", messages: { "kit.save": "Kaydet", "a.title": "A tr" } });
});

it("fails for an area without texts", async () => {
  await expect(new Catalogue("en", SOURCES).need("pages/b")).rejects.toThrow("no texts of pages/b");
});
