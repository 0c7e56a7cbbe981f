import { Button, FieldNumber, FieldSelect, FieldSwitch, FieldText, useT } from "@/kit";
import { useController, useFieldArray, useWatch, type Control } from "react-hook-form";

import { ValueList } from "@/pages/rules/ValueList";

import { KINDS, MOST_PROPERTIES, newProperty, type EventsForm } from "./form";

/** What events of a type tell besides who and when. */
export function Properties(props: { control: Control<EventsForm>; disabled: boolean; at: number }) {
  const t = useT();
  const { control, disabled, at } = props;
  const name = `types.${at}.properties` as const;
  const { fields, append, remove } = useFieldArray({ control, name, keyName: "key" });
  const known = useWatch({ control, name });
  return (
    <fieldset className="events-group">
      <legend>{t("events.properties")}</legend>
      <p className="kit-hint">{t("events.properties_hint")}</p>
      {fields.map((field, place) => {
        const kind = known[place]?.kind ?? field.kind;
        const path = `${name}.${place}` as const;
        return (
          <div key={field.key} className="events-property" data-property={place}>
            <div className="kit-fields">
              <FieldText control={control} disabled={disabled} name={`${path}.name`} label={t("events.property_name", { number: place + 1 })} hint={t("events.property_name_hint")} maxLength={40} />
              <FieldSelect control={control} disabled={disabled} name={`${path}.kind`} label={t("events.property_kind")} choices={KINDS.map((value) => ({ value, label: t(`events.kind.${value}`) }))} />
              {kind !== "bool" && (
                <>
                  <FieldNumber control={control} disabled={disabled} name={`${path}.min`} label={t(`events.min.${kind}`)} />
                  <FieldNumber control={control} disabled={disabled} name={`${path}.max`} label={t(`events.max.${kind}`)} />
                  <Allowed control={control} disabled={disabled} name={`${path}.allowed`} number={kind === "int"} />
                </>
              )}
            </div>
            <FieldSwitch control={control} disabled={disabled} name={`${path}.required`} label={t("events.required")} />
            {!disabled && (
              <Button type="button" size="small" variant="tertiary" onClick={() => remove(place)} aria-label={t("events.remove_property", { number: place + 1 })}>
                {t("events.remove_short")}
              </Button>
            )}
          </div>
        );
      })}
      {!disabled && fields.length < MOST_PROPERTIES && (
        <div className="kit-actions">
          <Button type="button" size="small" variant="secondary" onClick={() => append(newProperty(known.map((one) => one.name)))} data-act="add-property">
            {t("events.add_property")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function Allowed(props: { control: Control<EventsForm>; disabled: boolean; name: `types.${number}.properties.${number}.allowed`; number: boolean }) {
  const t = useT();
  const { field, fieldState } = useController({ control: props.control, name: props.name });
  return (
    <ValueList
      name={props.name}
      label={t("events.allowed")}
      hint={t("events.allowed_hint")}
      wrong={fieldState.error?.message}
      number={props.number}
      chosen={field.value}
      disabled={props.disabled}
      change={field.onChange}
    />
  );
}
