import { useController, type Control } from "react-hook-form";

import { useT } from "@/kit";

import type { CampaignForm } from "./form";

/** Some of a few: nothing chosen is everybody. */
export function Chosen(props: {
  control: Control<CampaignForm>;
  name: "tiers" | "segments" | "languages";
  title: string;
  choices: readonly { id: string; name: string }[];
  disabled: boolean;
}) {
  const t = useT();
  const { field } = useController({ control: props.control, name: props.name });
  const unknown = field.value.filter((id) => !props.choices.some((one) => one.id === id));
  const listed = [...props.choices, ...unknown.map((id) => ({ id, name: id }))];
  if (listed.length === 0) return null;
  return (
    <fieldset className="campaigns-chosen" disabled={props.disabled}>
      <legend>{props.title}</legend>
      {listed.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={field.value.includes(id)}
            onBlur={field.onBlur}
            onChange={(event) => field.onChange(listed.map((one) => one.id).filter((one) => (one === id ? event.target.checked : field.value.includes(one))))}
          />
          <span>{name}</span>
        </label>
      ))}
      {field.value.length === 0 && <span className="kit-hint">{t("campaigns.everybody")}</span>}
    </fieldset>
  );
}
