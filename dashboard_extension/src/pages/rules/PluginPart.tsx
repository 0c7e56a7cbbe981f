import { Notice, useT } from "@/kit";
import { useId, useState } from "react";
import { useController, useWatch } from "react-hook-form";

import { useEditing } from "./context";
import { settingsRead, settingsText } from "./kinds";

/** A condition or effect of a plugin: which one it is, and its settings as JSON. */
export function PluginPart(props: { field: string; kind: string; part: "condition" | "effect" }) {
  const t = useT();
  const { kinds } = useEditing();
  const known = kinds?.find((one) => one.part === props.part && one.kind === props.kind);
  return (
    <>
      <p className="kit-hint" data-kind={props.kind}>
        {known === undefined ? props.kind : t("rules.plugin_of", { name: known.label, kind: props.kind })}
      </p>
      {kinds !== null && known === undefined && <Notice tone="warning">{t("rules.plugin_missing", { kind: props.kind })}</Notice>}
      <SettingsText name={`${props.field}.settings`} fixed={known === undefined} />
    </>
  );
}

/** Settings as JSON. What cannot be read stays in the form as text, which the server refuses at its place. */
function SettingsText(props: { name: string; fixed: boolean }) {
  const t = useT();
  const id = useId();
  const { control, disabled } = useEditing();
  const bound = useController({ control, name: props.name });
  const { ref, onBlur, onChange } = bound.field;
  const value: unknown = useWatch({ control, name: props.name });
  const [typed, setTyped] = useState<{ text: string; said: string } | null>(null);
  const said = JSON.stringify(value ?? null);
  const text = typed?.said === said ? typed.text : settingsText(value);
  const wrong = typeof value === "string" || bound.fieldState.error?.message !== undefined;
  return (
    <label className="kit-field" htmlFor={id}>
      <span className="rules-label">{t("rules.plugin_settings")}</span>
      <span className="kit-input" data-wrong={wrong ? "" : undefined}>
        <textarea
          id={id}
          name={props.name}
          ref={ref}
          rows={Math.min(12, text.split("\n").length + 1)}
          spellCheck={false}
          value={text}
          disabled={disabled}
          readOnly={props.fixed}
          aria-invalid={wrong}
          aria-describedby={`${id}-hint`}
          onBlur={onBlur}
          onChange={(event) => {
            const read = settingsRead(event.target.value);
            setTyped({ text: event.target.value, said: JSON.stringify(read) });
            onChange(read);
          }}
        />
      </span>
      <span className={typeof value === "string" ? "kit-wrong" : "kit-hint"} id={`${id}-hint`}>
        {t(typeof value === "string" ? "rules.plugin_settings_wrong" : "rules.plugin_settings_hint")}
      </span>
    </label>
  );
}
