import { Button, useT, wholeTyped } from "@/kit";
import { useId, useState, type ReactNode } from "react";
import { useIntl } from "react-intl";

import { Chosen } from "./pickers";
import type { Value } from "./tells";

/** So many values the server takes, and so long. */
const MOST_VALUES = 50;
const LONGEST = 200;

/** Values that are typed, one after the other: each is kept as it is, also one with a comma. */
export function ValueList(props: {
  name: string;
  label: string;
  hint?: ReactNode;
  /** What is wrong with them. */
  wrong?: string;
  number: boolean;
  chosen: readonly Value[];
  disabled: boolean;
  change: (values: readonly Value[]) => void;
}) {
  const t = useT();
  const { locale } = useIntl();
  const id = useId();
  const [text, setText] = useState("");
  const { number, chosen, disabled, hint } = props;
  const typed = text.trim();
  const value: Value | null = number ? wholeTyped(typed, locale) : typed;
  const unread = typed !== "" && value === null;
  const wrong = unread ? t("rules.value_number") : props.wrong;
  const add = () => {
    if (value === null || value === "") return;
    if (!chosen.includes(value)) props.change([...chosen, value]);
    setText("");
  };
  const described = [hint !== undefined && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return (
    <div className="kit-field">
      <label htmlFor={id}>{props.label}</label>
      <Chosen
        values={[...new Set(chosen.map(keyOf))]}
        called={(key) => String(chosen.find((one) => keyOf(one) === key))}
        disabled={disabled}
        remove={(key) => props.change(chosen.filter((one) => keyOf(one) !== key))}
      />
      {!disabled && chosen.length < MOST_VALUES && (
        <div className="rules-typed">
          <span className="kit-input" data-wrong={wrong ? "" : undefined}>
            <input
              id={id}
              name={props.name}
              value={text}
              maxLength={LONGEST}
              autoComplete="off"
              inputMode={number ? "numeric" : "text"}
              aria-invalid={Boolean(wrong)}
              aria-describedby={described || undefined}
              onChange={(event) => setText(event.target.value)}
              // What stands there when somebody goes on is meant, with the button or without it.
              onBlur={add}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault();
                add();
              }}
            />
          </span>
          <Button type="button" size="small" variant="secondary" disabled={typed === "" || unread} onClick={add} data-add-value="">
            {t("rules.take")}
          </Button>
        </div>
      )}
      {wrong && (
        <span className="kit-wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
      {hint !== undefined && (
        <span className="kit-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

/** Values of different kinds that look alike are told apart. */
export function keyOf(value: Value): string {
  return JSON.stringify(value);
}
