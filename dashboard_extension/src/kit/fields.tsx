import type { ReactNode } from "react";
import { useId, useState } from "react";
import { useController, type Control, type FieldPath, type FieldValues } from "react-hook-form";
import { useIntl } from "react-intl";

import { decimalInput, decimalTyped, wholeTyped } from "./decimals";

interface Bound<Form extends FieldValues> {
  // Whatever a schema makes of the values when the form is sent.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly control: Control<Form, any, any>;
  readonly name: FieldPath<Form>;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
  /** The label is there for screen readers alone: in a table that names its columns. */
  readonly hideLabel?: boolean;
}

interface Attributes {
  readonly id: string;
  readonly name: string;
  readonly disabled?: boolean;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby"?: string;
}

/** Label, hint and what is wrong, around any input: hand its attributes to what you render. */
function Field<Form extends FieldValues>(props: Bound<Form> & { wrong?: string; children: (attributes: Attributes) => ReactNode }) {
  const id = useId();
  const described = [props.hint !== undefined && `${id}-hint`, props.wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return (
    <div className="kit-field">
      <label htmlFor={id} className={props.hideLabel ? "kit-visually-hidden" : undefined}>
        {props.label}
      </label>
      {props.children({
        id,
        name: props.name,
        disabled: props.disabled,
        "aria-invalid": Boolean(props.wrong),
        "aria-describedby": described || undefined,
      })}
      {props.wrong && (
        <span className="kit-wrong" id={`${id}-wrong`}>
          {props.wrong}
        </span>
      )}
      {props.hint !== undefined && (
        <span className="kit-hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
    </div>
  );
}

/** A line of text. */
export function FieldText<Form extends FieldValues>(
  props: Bound<Form> & { type?: "text" | "email" | "url" | "password" | "search" | "time"; maxLength?: number; placeholder?: string; autoComplete?: string },
) {
  const { field, fieldState } = useController({ control: props.control, name: props.name });
  return (
    <Field {...props} wrong={fieldState.error?.message}>
      {(attributes) => (
        <span className="kit-input" data-wrong={fieldState.error ? "" : undefined}>
          <input
            {...attributes}
            {...field}
            value={(field.value as string | null) ?? ""}
            type={props.type ?? "text"}
            maxLength={props.maxLength}
            placeholder={props.placeholder}
            autoComplete={props.autoComplete ?? "off"}
          />
        </span>
      )}
    </Field>
  );
}

/** Text of several lines. */
export function FieldLongText<Form extends FieldValues>(props: Bound<Form> & { rows?: number; maxLength?: number }) {
  const { field, fieldState } = useController({ control: props.control, name: props.name });
  return (
    <Field {...props} wrong={fieldState.error?.message}>
      {(attributes) => (
        <span className="kit-input" data-wrong={fieldState.error ? "" : undefined}>
          <textarea {...attributes} {...field} value={(field.value as string | null) ?? ""} rows={props.rows} maxLength={props.maxLength} />
        </span>
      )}
    </Field>
  );
}

interface Typed<Value> {
  readonly shown: (value: Value) => string;
  readonly read: (text: string) => Value | null;
}

/** An input whose text stands for another value; what cannot be read stays in the form as text. */
function FieldTyped<Form extends FieldValues, Value>(props: Bound<Form> & { typed: Typed<Value>; affix?: ReactNode; whole?: boolean }) {
  const { field, fieldState } = useController({ control: props.control, name: props.name });
  const value: unknown = field.value;
  const [draft, setDraft] = useState<{ text: string; value: unknown } | null>(null);
  const { typed } = props;
  const text = draft && Object.is(draft.value, value) ? draft.text : value === null || value === undefined || value === "" ? "" : typed.shown(value as Value);
  const change = (entered: string) => {
    const next: unknown = entered.trim() === "" ? null : (typed.read(entered) ?? entered);
    setDraft({ text: entered, value: next });
    field.onChange(next);
  };
  return (
    <Field {...props} wrong={fieldState.error?.message}>
      {(attributes) => (
        <span className="kit-input" data-wrong={fieldState.error ? "" : undefined}>
          <input
            {...attributes}
            ref={field.ref}
            inputMode={props.whole ? "numeric" : "decimal"}
            autoComplete="off"
            value={text}
            onBlur={() => {
              // What was understood, in the place of what was typed: "1.250" may have been meant otherwise.
              setDraft(null);
              field.onBlur();
            }}
            onChange={(event) => change(event.target.value)}
          />
          {props.affix !== undefined && <span className="kit-affix">{props.affix}</span>}
        </span>
      )}
    </Field>
  );
}

/** A whole number, such as points or days: a `number`, null while empty, text while it is none. */
export function FieldNumber<Form extends FieldValues>(props: Bound<Form> & { affix?: ReactNode }) {
  const { locale } = useIntl();
  const typed: Typed<number> = { shown: (value) => String(value), read: (text) => wholeTyped(text, locale) };
  return <FieldTyped {...props} whole typed={typed} />;
}

/** A decimal as text ("0.02"), such as a rate or a share; null while empty. */
export function FieldDecimal<Form extends FieldValues>(props: Bound<Form> & { affix?: ReactNode }) {
  const { locale } = useIntl();
  const typed: Typed<string> = { shown: (value) => decimalInput(String(value), locale), read: (text) => decimalTyped(text, locale) };
  return <FieldTyped {...props} typed={typed} />;
}

/** An amount in `currency`: a decimal as text, null while empty. */
export function FieldMoney<Form extends FieldValues>(props: Bound<Form> & { currency: string }) {
  return <FieldDecimal {...props} affix={props.currency} />;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

/** One of a few; `empty` names the choice of none. */
export function FieldSelect<Form extends FieldValues>(props: Bound<Form> & { choices: readonly Choice[]; empty?: string }) {
  const { field, fieldState } = useController({ control: props.control, name: props.name });
  return (
    <Field {...props} wrong={fieldState.error?.message}>
      {(attributes) => (
        <span className="kit-input" data-wrong={fieldState.error ? "" : undefined}>
          <select {...attributes} {...field} value={(field.value as string | null) ?? ""}>
            {props.empty !== undefined && <option value="">{props.empty}</option>}
            {props.choices.map((choice) => (
              <option key={choice.value} value={choice.value} disabled={choice.disabled}>
                {choice.label}
              </option>
            ))}
          </select>
        </span>
      )}
    </Field>
  );
}

/** A date ("2026-11-22"), or with `time` a moment on the store's clocks ("2026-11-22T09:30"). */
export function FieldDate<Form extends FieldValues>(props: Bound<Form> & { time?: boolean; min?: string; max?: string }) {
  const { field, fieldState } = useController({ control: props.control, name: props.name });
  return (
    <Field {...props} wrong={fieldState.error?.message}>
      {(attributes) => (
        <span className="kit-input" data-wrong={fieldState.error ? "" : undefined}>
          <input
            {...attributes}
            {...field}
            value={(field.value as string | null) ?? ""}
            onChange={(event) => field.onChange(event.target.value || null)}
            type={props.time ? "datetime-local" : "date"}
            min={props.min}
            max={props.max}
          />
        </span>
      )}
    </Field>
  );
}

/** On or off, in a form. */
export function FieldSwitch<Form extends FieldValues>(props: Bound<Form>) {
  const { field, fieldState } = useController({ control: props.control, name: props.name });
  return (
    <SwitchRow
      name={props.name}
      label={props.label}
      hint={props.hint}
      on={Boolean(field.value)}
      disabled={props.disabled}
      wrong={fieldState.error?.message}
      onChange={field.onChange}
    />
  );
}

/** On or off, at once. */
export function SwitchRow(props: {
  label: string;
  hint?: ReactNode;
  on: boolean;
  disabled?: boolean;
  wrong?: string;
  id?: string;
  name?: string;
  onChange: (on: boolean) => void;
}) {
  const made = useId();
  const id = props.id ?? made;
  return (
    <div className="kit-switch-row">
      <label htmlFor={id}>
        {props.label}
        {props.hint !== undefined && <span className="kit-hint" id={`${id}-hint`}>{props.hint}</span>}
        {props.wrong && <span className="kit-wrong">{props.wrong}</span>}
      </label>
      <input
        className="kit-switch"
        type="checkbox"
        role="switch"
        id={id}
        name={props.name}
        checked={props.on}
        disabled={props.disabled}
        aria-invalid={Boolean(props.wrong)}
        onChange={(event) => props.onChange(event.target.checked)}
      />
    </div>
  );
}
