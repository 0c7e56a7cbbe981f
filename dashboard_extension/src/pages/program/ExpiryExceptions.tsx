import { Button, FieldNumber, FieldSwitch, useT } from "@/kit";
import { useId } from "react";
import { useController, useFieldArray, useWatch } from "react-hook-form";
import { useIntl } from "react-intl";

import { ChosenList } from "@/pages/rules/ChosenList";
import "@/pages/rules/rules.css";

import { Doubt, useEditing } from "./context";
import { newException } from "./form";

const MOST = 50;

/** Countries where points live for another time than elsewhere. */
export function ExpiryExceptions() {
  const t = useT();
  const { control, disabled } = useEditing();
  const { fields, append, remove } = useFieldArray({ control, name: "expiry_exceptions", keyName: "key" });
  if (disabled && fields.length === 0) return null;
  return (
    <>
      {fields.map((field, at) => (
        <Exception key={field.key} at={at} remove={() => remove(at)} />
      ))}
      {!disabled && fields.length < MOST && (
        <div className="kit-actions">
          <Button type="button" size="small" variant="secondary" onClick={() => append(newException())}>
            {t("program.add_exception")}
          </Button>
        </div>
      )}
      <p className="kit-hint">{t("program.exceptions_hint")}</p>
    </>
  );
}

function Exception(props: { at: number; remove: () => void }) {
  const t = useT();
  const { at } = props;
  const { control, disabled } = useEditing();
  const expires = useWatch({ control, name: `expiry_exceptions.${at}.expires` });
  return (
    <fieldset className="program-group" data-exception={at}>
      <legend>{t("program.exception", { number: at + 1 })}</legend>
      <Countries at={at} />
      <FieldSwitch control={control} name={`expiry_exceptions.${at}.expires`} label={t("program.expires_there")} hint={t("program.expires_there_hint")} disabled={disabled} />
      {expires && (
        <FieldNumber control={control} name={`expiry_exceptions.${at}.months`} label={t("program.expiry_months")} affix={t("program.months")} disabled={disabled} />
      )}
      {!disabled && (
        <div className="kit-actions">
          <Button type="button" size="small" variant="secondary" onClick={props.remove}>
            {t("program.remove_exception", { number: at + 1 })}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

/** Those chosen, and a list of where the store ships to, without what other exceptions have. */
function Countries(props: { at: number }) {
  const t = useT();
  const id = useId();
  const { locale } = useIntl();
  const { control, disabled, seen } = useEditing();
  const name = `expiry_exceptions.${props.at}.countries` as const;
  const { ref, value: chosen, onChange } = useController({ control, name }).field;
  const taken = new Set(useWatch({ control, name: "expiry_exceptions" }).flatMap((one) => one.countries));
  const names = new Intl.DisplayNames(locale, { type: "region", fallback: "code" });
  // A draft may hold what is no code of a country.
  const called = (code: string) => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code);
  const free = [...new Set(seen.channels.flatMap((one) => one.countries))]
    .filter((code) => !taken.has(code))
    .map((code) => ({ code, label: called(code) }))
    .sort((one, other) => one.label.localeCompare(other.label, locale));
  return (
    <div className="kit-field">
      <label htmlFor={id}>{t("program.exception_countries")}</label>
      <ChosenList
        values={chosen}
        called={called}
        disabled={disabled}
        remove={(code) => onChange(chosen.filter((one) => one !== code))}
        away={(country) => t("program.remove_country", { country })}
      />
      {!disabled && (
        <span className="kit-input">
          <select id={id} name={name} value="" ref={ref} onChange={(event) => onChange([...chosen, event.target.value])}>
            <option value="">{t("program.add_country")}</option>
            {free.map(({ code, label }) => (
              <option key={code} value={code}>
                {label}
              </option>
            ))}
          </select>
        </span>
      )}
      <Doubt field={name} />
    </div>
  );
}
