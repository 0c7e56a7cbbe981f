import { useT } from "@/kit";

import { Problems } from "./Conditions";
import { useEditing } from "./context";
import type { RuleForm } from "./form";
import { effectsOffered } from "./kinds";
import { saidAt } from "./places";
import { PluginPart } from "./PluginPart";

/** An effect of a plugin: which one, and its settings. */
export function PluginEffect(props: { field: string; rule: RuleForm }) {
  const t = useT();
  const { disabled, findings, kinds, setValue } = useEditing();
  const { field, rule } = props;
  const { plugin } = rule.then;
  const offered = effectsOffered(kinds ?? [], rule.trigger);
  const strange = offered.every((one) => one.kind !== plugin);
  const choose = (name: string) => {
    const kind = offered.find((one) => one.kind === name);
    if (kind === undefined) return;
    setValue(`${field}.then`, { ...rule.then, plugin: name, settings: structuredClone(kind.example), unit: kind.unit ?? "points", most: rule.then.most ?? 100 });
    const [only] = kind.levels.filter((one) => one !== "deed");
    if (!kind.levels.includes(rule.scope) && only !== undefined) setValue(`${field}.scope`, only);
  };
  return (
    <>
      <label className="kit-field">
        <span className="rules-label">{t("rules.plugin_kind")}</span>
        <span className="kit-input">
          <select name={`${field}.then.plugin`} value={plugin} disabled={disabled} onChange={(event) => choose(event.target.value)}>
            {strange && <option value={plugin}>{plugin === "" ? t("rules.plugin_choose") : plugin}</option>}
            {offered.map((one) => (
              <option key={one.kind} value={one.kind}>
                {one.label}
              </option>
            ))}
          </select>
        </span>
      </label>
      {plugin !== "" && <PluginPart key={plugin} field={`${field}.then`} kind={plugin} part="effect" />}
      <Problems found={saidAt(findings, `${field}.then.settings`)} />
    </>
  );
}
