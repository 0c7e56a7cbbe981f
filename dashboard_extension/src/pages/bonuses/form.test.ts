import { describe, expect, it } from "vitest";

import { fieldAt } from "@/pages/rules/places";

import { documentOf, formOf, newOption, newQuestion, worthOf, yearsOf, type BonusesForm, type Json, textIn } from "./form";
import { placesOf } from "./places";

const PURCHASES = { id: "purchases", then: { type: "points_per_money", factor: "1", unit: "points" } };
const DOCUMENT = {
  version: 1,
  texts: { en: { program: "Points" }, tr: { program: "Puan" } },
  currencies: [{ channel: "web", currency: "TRY", spend_rate: { points: 3, money: "0.2" } }],
  earning: { stacking: "sum", rules: [PURCHASES] },
};

function changed(change: (form: BonusesForm) => void, document: unknown = DOCUMENT) {
  const form = formOf(document);
  change(form);
  return documentOf(document, form) as typeof DOCUMENT & { bonuses?: Record<string, unknown> };
}

describe("the bonuses of a program", () => {
  it("stay as they are where nobody touched them", () => {
    expect(documentOf(DOCUMENT, formOf(DOCUMENT))).toEqual(DOCUMENT);
  });

  it("are rules: switched on one is made, switched off it stays and rests", () => {
    const on = changed((form) => Object.assign(form.birthday, { on: true, asked: true, points: 100 }));
    expect(on.earning.rules[1]).toEqual({
      id: "birthday-bonus",
      name: { en: "Birthday points", tr: "Doğum günü puanı" },
      trigger: "birthday",
      then: { type: "points", points: 100 },
    });
    expect(on.bonuses?.birthdays).toEqual({ asked: true, leap_day: "feb_28", known_days: 7 });
    const off = changed((form) => Object.assign(form.birthday, { on: false }), on);
    expect(off.earning.rules[1]).toMatchObject({ trigger: "birthday", enabled: false, then: { points: 100 } });
  });

  it("leave rules alone that say more than this page shows", () => {
    const rich = { ...PURCHASES, id: "vip", trigger: "birthday", when: { type: "tier" }, then: { type: "points", points: 5 } };
    const document = { ...DOCUMENT, earning: { stacking: "sum", rules: [PURCHASES, rich] } };
    expect(formOf(document).birthday).toMatchObject({ own: true, on: true });
    expect(changed((form) => Object.assign(form.birthday, { on: false, points: 1 }), document).earning.rules).toEqual([PURCHASES, rich]);
  });

  it("pay for a question by a rule of its own, which goes with it", () => {
    const asked = changed((form) => form.questions.push({ ...newQuestion(DOCUMENT, form), id: "question", kind: "number", texts: [{ locale: "en", text: "Size?" }] }));
    expect(asked.bonuses?.questions).toEqual([{ id: "question", enabled: true, text: { en: "Size?" }, kind: "number", options: [], shown: ["panel", "page"] }]);
    expect(asked.earning.rules[1]).toMatchObject({ id: "answer-question", trigger: "question_answered", on: ["question"], then: { points: 50 } });
    expect(changed((form) => form.questions.pop(), asked).earning.rules).toEqual([PURCHASES]);
  });

  it("pay for no new question where a rule pays for all of them", () => {
    const general = { id: "answers", trigger: "question_answered", then: { type: "points", points: 5 } };
    const document = { ...DOCUMENT, earning: { stacking: "sum", rules: [PURCHASES, general] } };
    const asked = changed((form) => form.questions.push(newQuestion(document, form)), document);
    expect(asked.bonuses?.questions).toHaveLength(1);
    expect(asked.earning.rules).toEqual([PURCHASES, general]);
    expect(newQuestion(document, formOf(document))).toMatchObject({ own: true, points: null });
    expect(newQuestion(DOCUMENT, formOf(DOCUMENT))).toMatchObject({ own: false, points: 50 });
  });

  it("give new questions and options ids that none had before: answers keep those that were removed", () => {
    const form = formOf(DOCUMENT);
    const [removed, made] = [newQuestion(DOCUMENT, form), newQuestion(DOCUMENT, form)];
    const options = [...removed.options, ...made.options, newOption(DOCUMENT, [])].map((one) => one.id);
    expect(made.id).toMatch(/^question-[2-9a-z]{6}$/);
    expect(made.id).not.toBe(removed.id);
    expect(new Set(options).size).toBe(5);
    expect(options.every((one) => /^option-[2-9a-z]{6}$/.test(one))).toBe(true);
  });

  it("are told in money without a float", () => {
    expect(worthOf(DOCUMENT, 100)).toEqual({ amount: "6.66", currency: "TRY" });
    expect(worthOf(DOCUMENT, "many")).toBeNull();
  });

  it("read years however they are written", () => {
    expect(yearsOf("1, 05 and 10")).toEqual(["1", "5", "10"]);
    expect(yearsOf("")).toEqual([]);
  });
});

describe("what is wrong", () => {
  it("is said at the field that shows it", () => {
    const form = formOf(DOCUMENT);
    Object.assign(form.birthday, { on: true, asked: true });
    form.questions.push(newQuestion(DOCUMENT, form));
    const document = documentOf(DOCUMENT, form) as Json;
    const places = placesOf(document, form);
    const at = (path: string) => fieldAt(path, places);
    expect(at("bonuses.questions[0].text")).toBe("questions.0.texts.0.text");
    expect(at("bonuses.questions[0].text.tr")).toBe("questions.0.texts.1.text");
    expect(at("bonuses.questions[0].options[1].label")).toBe("questions.0.options.1.labels.0.text");
    expect(at("bonuses.birthdays.known_days")).toBe("birthday.known_days");
    expect(at("earning.rules[1].then.points")).toBe("birthday.points");
    expect(at("earning.rules[2].then.points")).toBe("questions.0.points");
    expect(at("earning.rules[0].then.factor")).toBeNull();
  });
});

describe("a question's text", () => {
  const texts = [{ locale: "en", text: "Size?" }, { locale: "tr", text: "Beden?" }, { locale: "de", text: " " }];

  it("is that of the reader's language, else any, else none", () => {
    expect(textIn(texts, "tr")).toBe("Beden?");
    expect(textIn(texts, "de")).toBe("Size?");
    expect(textIn([{ locale: "en", text: " " }], "en")).toBeNull();
  });
});
