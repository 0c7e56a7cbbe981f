import { Button, FieldSelect, FieldText, FieldLongText, Section, useLanguageName, useT } from "@/kit";
import { useState } from "react";
import { useFieldArray, useWatch } from "react-hook-form";

import { useEditing } from "./context";
import { newTexts } from "./form";

const ICONS = ["★", "●", "♥", "◆", "✿", "☕", "🌿", "🪙", "🎁", "👑"];
const OFFERED = ["en", "tr", "de", "fr", "es", "it", "nl", "pl", "pt", "ar", "ru", "uk", "el", "sv", "ja"];

/** What the program and its points are called, and what shoppers read of it, per language. */
export function NameSection() {
  const t = useT();
  const { control, disabled } = useEditing();
  const icon = useWatch({ control, name: "icon" });
  const icons = [...new Set([...ICONS, ...(icon === "" ? [] : [icon])])].map((value) => ({ value, label: value }));
  return (
    <Section title={t("program.name")} hint={t("program.name_hint")}>
      <div className="kit-fields">
        <FieldText control={control} name="name" label={t("program.field_name")} hint={t("program.field_name_hint")} maxLength={120} disabled={disabled} />
        <FieldSelect control={control} name="icon" label={t("program.icon")} hint={t("program.icon_hint")} choices={icons} empty={t("program.icon_none")} disabled={disabled} />
      </div>
      <Languages />
    </Section>
  );
}

function Languages() {
  const t = useT();
  const { control, disabled } = useEditing();
  const { fields, append, remove } = useFieldArray({ control, name: "texts", keyName: "key" });
  const [adding, setAdding] = useState("");
  const called = useLanguageName();
  const free = OFFERED.filter((locale) => !fields.some((one) => one.locale === locale));
  const chosen = free.includes(adding) ? adding : free[0];
  return (
    <>
      {fields.map((field, at) => (
        <fieldset key={field.key} className="program-group" data-locale={field.locale}>
          <legend>{called(field.locale)}</legend>
          <div className="kit-fields">
            <FieldText control={control} name={`texts.${at}.program`} label={t("program.text_program")} maxLength={120} disabled={disabled} />
            <FieldText control={control} name={`texts.${at}.point`} label={t("program.text_point")} maxLength={120} disabled={disabled} />
            <FieldText control={control} name={`texts.${at}.points`} label={t("program.text_points")} maxLength={120} disabled={disabled} />
          </div>
          <details>
            <summary>{t("program.more_texts")}</summary>
            <div className="kit-stack">
              <FieldLongText control={control} name={`texts.${at}.summary`} label={t("program.text_summary")} hint={t("program.text_summary_hint")} rows={3} maxLength={2000} disabled={disabled} />
              <FieldLongText control={control} name={`texts.${at}.join`} label={t("program.text_join")} hint={t("program.text_join_hint")} rows={3} maxLength={2000} disabled={disabled} />
              <div className="kit-fields">
                <FieldText type="url" control={control} name={`texts.${at}.terms_url`} label={t("program.text_terms")} placeholder="https://" maxLength={500} disabled={disabled} />
                <FieldText type="url" control={control} name={`texts.${at}.privacy_url`} label={t("program.text_privacy")} placeholder="https://" maxLength={500} disabled={disabled} />
              </div>
            </div>
          </details>
          {fields.length > 1 && !disabled && (
            <div className="kit-actions">
              <Button type="button" size="small" variant="secondary" onClick={() => remove(at)}>
                {t("program.remove_language", { language: called(field.locale) })}
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      {!disabled && chosen !== undefined && (
        <div className="kit-actions">
          <label className="program-inline">
            <span className="kit-visually-hidden">{t("program.language")}</span>
            <span className="kit-input">
              <select value={chosen} onChange={(event) => setAdding(event.target.value)}>
                {free.map((locale) => (
                  <option key={locale} value={locale}>
                    {called(locale)}
                  </option>
                ))}
              </select>
            </span>
          </label>
          <Button type="button" variant="secondary" onClick={() => append(newTexts(chosen))}>
            {t("program.add_language")}
          </Button>
        </div>
      )}
    </>
  );
}
