import { FieldNumber, FieldSelect, useT } from "@/kit";
import { useController, useWatch } from "react-hook-form";

import { useEditing, useTells } from "./context";
import { asking, isValue, type Told, type Value } from "./tells";
import { keyOf, ValueList } from "./ValueList";

/** What an event has to tell: a property of its type, how it is compared, and with what. */
export function EventProperty({ field }: { field: string }) {
  const t = useT();
  const { control, disabled, setValue } = useEditing();
  const tells = useTells();
  const [name, by] = useWatch({ control, name: [`${field}.name`, `${field}.by`] }) as unknown[];
  const told = tells.find((one) => one.name === name);
  return (
    <>
      <div className="kit-fields">
        <label className="kit-field">
          <span className="rules-label">{t("rules.property")}</span>
          <span className="kit-input">
            <select
              name={`${field}.name`}
              value={String(name)}
              disabled={disabled}
              onChange={(event) => setValue(field, asking(tells.find((one) => one.name === event.target.value)))}
            >
              {told === undefined && <option value={String(name)}>{name === "" ? t("rules.choose_property") : t("rules.property_gone", { name: String(name) })}</option>}
              {tells.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.name}
                </option>
              ))}
            </select>
          </span>
        </label>
        {(told === undefined || told.kind === "int") && (
          <FieldSelect control={control} disabled={disabled} name={`${field}.by`} label={t("rules.by")} choices={["span", "values"].map((value) => ({ value, label: t(`rules.by.${value}`) }))} />
        )}
      </div>
      {by === "span" ? (
        <div className="kit-fields">
          <FieldNumber control={control} disabled={disabled} name={`${field}.min`} label={t("rules.at_least")} />
          <FieldNumber control={control} disabled={disabled} name={`${field}.max`} label={t("rules.at_most")} />
        </div>
      ) : (
        <Values key={String(name)} field={`${field}.values`} told={told} />
      )}
    </>
  );
}

function Values({ field: name, told }: { field: string; told: Told | undefined }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const { field } = useController({ control, name });
  const chosen = (Array.isArray(field.value) ? (field.value as unknown[]) : []).filter(isValue);
  if (told?.kind === "bool") {
    return <YesOrNo name={name} chosen={chosen.length === 1 ? chosen[0] : undefined} disabled={disabled} choose={(value) => field.onChange([value])} />;
  }
  if (told !== undefined && told.allowed.length > 0) {
    // What is chosen and no longer allowed stays to be seen, and to be taken away.
    const all = [...told.allowed, ...chosen.filter((one) => !told.allowed.includes(one))];
    const toggle = (value: Value) => field.onChange(all.filter((one) => chosen.includes(one) !== (one === value)));
    return (
      <fieldset className="rules-choices rules-values">
        <legend>{t("rules.by.values")}</legend>
        {all.map((value) => (
          <label key={keyOf(value)}>
            <input type="checkbox" name={name} value={String(value)} checked={chosen.includes(value)} disabled={disabled} onChange={() => toggle(value)} />
            {String(value)}
          </label>
        ))}
      </fieldset>
    );
  }
  return (
    <ValueList
      name={name}
      label={t("rules.by.values")}
      hint={chosen.length === 0 ? t("rules.nothing_chosen") : undefined}
      number={told?.kind === "int"}
      chosen={chosen}
      disabled={disabled}
      change={field.onChange}
    />
  );
}

function YesOrNo(props: { name: string; chosen: Value | undefined; disabled: boolean; choose: (value: boolean) => void }) {
  const t = useT();
  return (
    <fieldset className="rules-choices rules-values">
      <legend>{t("rules.by.values")}</legend>
      {[true, false].map((value) => (
        <label key={String(value)}>
          <input type="radio" name={props.name} checked={props.chosen === value} disabled={props.disabled} onChange={() => props.choose(value)} />
          {t(`rules.told.${value}`)}
        </label>
      ))}
    </fieldset>
  );
}
