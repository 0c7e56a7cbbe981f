import { Button, ConfirmDialog, Empty, FieldNumber, FieldSelect, FieldSwitch, FieldText, Notice, Section, useLanguageName, useT } from "@/kit";
import { useState } from "react";
import { useFieldArray, useWatch } from "react-hook-form";
import { useIntl } from "react-intl";

import { ByRules, type CardProps } from "./Cards";
import { KINDS, newOption, newQuestion, textIn } from "./form";

const MOST_QUESTIONS = 30;
const MOST_OPTIONS = 30;

/** The questions that members are asked, each opened to be changed. */
export function Questions(props: CardProps & { toMend: readonly boolean[] }) {
  const t = useT();
  const { locale } = useIntl();
  const { control, disabled, document, lately, toMend } = props;
  const { fields, append, remove, move } = useFieldArray({ control, name: "questions", keyName: "key" });
  const questions = useWatch({ control, name: "questions" });
  const [open, setOpen] = useState<string | null>(null);
  const add = () => {
    const made = newQuestion(document, { questions });
    append(made);
    setOpen(made.id);
  };
  const button = !disabled && fields.length < MOST_QUESTIONS && (
    <Button type="button" variant="secondary" onClick={add} data-questions="add">
      {t("bonuses.add_question")}
    </Button>
  );
  return (
    <Section title={t("bonuses.questions")} hint={t("bonuses.questions_hint")} actions={fields.length > 0 && button}>
      {fields.length === 0 && (
        <Empty title={t("bonuses.no_questions")} action={button}>
          {t("bonuses.no_questions_text")}
        </Empty>
      )}
      <ul className="bonuses-questions">
        {fields.map((field, at) => {
          const question = questions[at] ?? field;
          const said = textIn(question.texts, locale.slice(0, 2)) ?? t("bonuses.untitled");
          const count = lately?.answers.find((one) => one.question === question.id)?.count ?? 0;
          const opened = open === question.id;
          return (
            <li key={field.key}>
              <div className="bonuses-head">
                <div>
                  <h3>{said}</h3>
                  <p className="kit-hint">
                    {t(`bonuses.kind.${question.kind}`)} · {t("bonuses.answered", { count })}
                    {!question.enabled && ` · ${t("bonuses.not_asked")}`}
                  </p>
                  {toMend[at] && <p className="kit-wrong">{t("bonuses.to_mend")}</p>}
                </div>
                <div className="kit-actions">
                  {!disabled && at > 0 && (
                    <Button type="button" size="small" variant="tertiary" onClick={() => move(at, at - 1)}>
                      {t("bonuses.up")}
                    </Button>
                  )}
                  <Button type="button" size="small" variant="secondary" aria-expanded={opened} onClick={() => setOpen(opened ? null : question.id)}>
                    {t(opened ? "bonuses.close" : "bonuses.open")}
                  </Button>
                </div>
              </div>
              {opened && <One {...props} at={at} id={question.id} kind={question.kind} own={question.own} remove={() => remove(at)} />}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function One(props: CardProps & { at: number; id: string; kind: string; own: boolean; remove: () => void }) {
  const t = useT();
  const called = useLanguageName();
  const { control, disabled, at, kind } = props;
  const chosen = chosenOf(props).reduce((sum, one) => sum + one.count, 0);
  const texts = useWatch({ control, name: `questions.${at}.texts` });
  return (
    <div className="kit-stack">
      <div className="kit-fields">
        {texts.map((one, place) => (
          <FieldText key={one.locale} control={control} name={`questions.${at}.texts.${place}.text`} label={t("bonuses.question_in", { language: called(one.locale) })} maxLength={120} disabled={disabled} />
        ))}
      </div>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          name={`questions.${at}.kind`}
          label={t("bonuses.kind")}
          choices={KINDS.map((value) => ({ value, label: t(`bonuses.kind.${value}`) }))}
          disabled={disabled}
        />
        {!props.own && <FieldNumber control={control} name={`questions.${at}.points`} label={t("bonuses.points")} hint={t("bonuses.points_hint")} disabled={disabled} />}
      </div>
      {props.own && <ByRules />}
      {kind === "choice" && <Options {...props} />}
      {kind !== "choice" && chosen > 0 && <Notice tone="warning">{t("bonuses.kind_chosen", { count: chosen })}</Notice>}
      <FieldSwitch control={control} name={`questions.${at}.enabled`} label={t("bonuses.enabled")} disabled={disabled} />
      <FieldSwitch control={control} name={`questions.${at}.panel`} label={t("bonuses.in_panel")} disabled={disabled} />
      <FieldSwitch control={control} name={`questions.${at}.page`} label={t("bonuses.on_page")} disabled={disabled} />
      {!disabled && (
        <div className="kit-actions">
          <Button type="button" variant="tertiary" onClick={props.remove}>
            {t("bonuses.remove_question")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** How many chose which option of a question, also one that is gone. */
function chosenOf({ lately, id }: Pick<CardProps, "lately"> & { id: string }) {
  return lately?.answers.find((one) => one.question === id)?.options ?? [];
}

function Options({ control, disabled, document, lately, at, id }: CardProps & { at: number; id: string }) {
  const t = useT();
  const called = useLanguageName();
  const { fields, append, remove } = useFieldArray({ control, name: `questions.${at}.options`, keyName: "key" });
  const options = useWatch({ control, name: `questions.${at}.options` });
  const [asked, setAsked] = useState<{ place: number; id: string; count: number } | null>(null);
  const wanted = (place: number, option: string) => {
    const count = chosenOf({ lately, id }).find((one) => one.option === option)?.count ?? 0;
    if (count > 0) setAsked({ place, id: option, count });
    else remove(place);
  };
  return (
    <fieldset className="bonuses-options">
      <legend>{t("bonuses.options")}</legend>
      {fields.map((option, place) => (
        <div key={option.key} className="bonuses-option">
          <div className="kit-fields">
            {option.labels.map((label, which) => (
              <FieldText
                key={label.locale}
                control={control}
                name={`questions.${at}.options.${place}.labels.${which}.text`}
                label={t("bonuses.option_in", { number: place + 1, language: called(label.locale) })}
                maxLength={120}
                disabled={disabled}
              />
            ))}
          </div>
          {!disabled && fields.length > 2 && (
            <Button type="button" size="small" variant="tertiary" onClick={() => wanted(place, option.id)} aria-label={t("bonuses.remove_option", { number: place + 1 })}>
              {t("bonuses.remove")}
            </Button>
          )}
        </div>
      ))}
      {!disabled && fields.length < MOST_OPTIONS && (
        <div className="kit-actions">
          <Button type="button" size="small" variant="secondary" onClick={() => append(newOption(document, fields.map((one) => one.id)))}>
            {t("bonuses.add_option")}
          </Button>
        </div>
      )}
      {asked !== null && (
        <ConfirmDialog
          title={t("bonuses.remove_chosen_title", { name: options[asked.place]?.labels.find((one) => one.text.trim() !== "")?.text ?? asked.id })}
          confirm={t("bonuses.remove")}
          destructive
          onConfirm={() => {
            remove(asked.place);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        >
          <p>{t("bonuses.remove_chosen", { count: asked.count, id: asked.id })}</p>
        </ConfirmDialog>
      )}
    </fieldset>
  );
}
