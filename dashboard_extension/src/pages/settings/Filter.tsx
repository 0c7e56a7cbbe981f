import { useId } from "react";

import type { Choice } from "@/kit";

/** Chooses what a list shows; `all` names the choice of everything. */
export function Filter(props: { label: string; all: string; value: string; choices: readonly Choice[]; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="kit-field">
      <label htmlFor={id}>{props.label}</label>
      <span className="kit-input">
        <select id={id} value={props.value} onChange={(event) => props.onChange(event.target.value)}>
          <option value="">{props.all}</option>
          {props.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}
