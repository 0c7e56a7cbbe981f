import type { Places } from "@/pages/rules/conditions";

import { CARDS, type BonusesForm, type Json } from "./form";

interface Rule {
  readonly trigger?: string;
  readonly on?: readonly unknown[] | null;
}

/** The fields of the form that show places of its document. */
export function placesOf(document: Json, form: BonusesForm): Places {
  const places: Places = new Map([
    ["bonuses.birthdays", "birthday"],
    ["bonuses.remembered_months", "remembered_months"],
  ]);
  form.questions.forEach((question, at) => {
    const [path, field] = [`bonuses.questions[${at}]`, `questions.${at}`];
    places.set(path, field).set(`${path}.shown`, `${field}.panel`).set(`${path}.options`, `${field}.options.0.labels.0.text`);
    texts(places, `${path}.text`, `${field}.texts`, question.texts);
    question.options.forEach((option, place) => {
      places.set(`${path}.options[${place}]`, `${field}.options.${place}.labels.0.text`);
      texts(places, `${path}.options[${place}].label`, `${field}.options.${place}.labels`, option.labels);
    });
  });
  const rules = ((document.earning as Json | undefined)?.rules ?? []) as readonly Rule[];
  rules.forEach((rule, at) => {
    const path = `earning.rules[${at}]`;
    const card = CARDS.find((one) => one === rule.trigger && !form[one].own);
    const question = rule.trigger === "question_answered" ? form.questions.findIndex((one) => !one.own && one.id === rule.on?.[0]) : -1;
    const field = card ?? (question < 0 ? null : `questions.${question}`);
    if (field !== null) places.set(path, `${field}.points`).set(`${path}.then`, `${field}.points`).set(`${path}.then.points`, `${field}.points`);
    if (card === "anniversary") places.set(`${path}.on`, "anniversary.years");
  });
  return places;
}

function texts(places: Places, path: string, field: string, written: readonly { locale: string }[]) {
  places.set(path, `${field}.0.text`);
  written.forEach((one, place) => places.set(`${path}.${one.locale}`, `${field}.${place}.text`));
}
