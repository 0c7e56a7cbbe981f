import { Button, useT } from "@/kit";
import { useId } from "react";
import { useWatch } from "react-hook-form";

import { isCondition, partsOf, type Condition } from "@/pages/rules/conditions";
import { useEditing } from "@/pages/rules/context";

import { fresh, isKnown, KINDS, MAX_DEPTH, stripped, turned } from "./form";
import { Leaf } from "./Leaf";

/** The rule of a segment: groups of which all or one must hold, and single conditions, held or not. */
export function Conditions(props: { field: string; currencies: readonly string[] }) {
  const t = useT();
  return (
    <div className="rules-conditions">
      <h3>{t("segments.when")}</h3>
      <Group field={props.field} depth={1} currencies={props.currencies} />
    </div>
  );
}

function Group(props: { field: string; depth: number; currencies: readonly string[] }) {
  const { field, depth, currencies } = props;
  const t = useT();
  const { control, disabled, setValue } = useEditing();
  const watched: unknown = useWatch({ control, name: field });
  const group: Condition = isCondition(watched) ? watched : { type: "all", of: [] };
  const parts = partsOf(group);
  const put = (of: readonly Condition[]) => setValue(field, { ...group, of: [...of] });
  return (
    <div className="rules-group" data-group={field}>
      {parts.length > 1 && (
        <label className="kit-field">
          <span className="kit-visually-hidden">{t("rules.join")}</span>
          <span className="kit-input">
            <select name={`${field}.type`} value={group.type} disabled={disabled} onChange={(event) => setValue(field, { ...group, type: event.target.value })}>
              <option value="all">{t("rules.join.all")}</option>
              <option value="any">{t("rules.join.any")}</option>
            </select>
          </span>
        </label>
      )}
      {parts.length === 0 && <p className="kit-hint">{t(depth === 1 ? "segments.empty_rule" : "rules.empty_group")}</p>}
      <ul className="rules-parts">
        {parts.map((one, at) => (
          <li key={`${at}-${stripped(one).inner.type}`} data-condition={stripped(one).inner.type}>
            <Part
              field={`${field}.of.${at}`}
              condition={one}
              depth={depth + 1}
              currencies={currencies}
              remove={() => put(parts.filter((_, other) => other !== at))}
              turn={() => put(parts.map((part, other) => (other === at ? turned(part) : part)))}
            />
          </li>
        ))}
      </ul>
      {!disabled && <Add depth={depth} add={(type) => put([...parts, fresh(type, currencies[0] ?? "")])} />}
    </div>
  );
}

function Part(props: { field: string; condition: Condition; depth: number; currencies: readonly string[]; remove: () => void; turn: () => void }) {
  const t = useT();
  const id = useId();
  const { disabled } = useEditing();
  const { inner, negated } = stripped(props.condition);
  const { type } = inner;
  const nested = type === "all" || type === "any" || type === "not";
  const field = negated ? `${props.field}.of` : props.field;
  const title = nested ? t(`rules.group.${type}`) : isKnown(type) ? t(`segments.type.${type}`) : type;
  return (
    <fieldset className="rules-part" aria-labelledby={id} data-negated={negated}>
      <div className="rules-part-head">
        <strong id={id}>{negated ? t("segments.not", { condition: title }) : title}</strong>
        {!disabled && (
          <div className="kit-actions">
            <Button size="small" variant="secondary" aria-pressed={negated} aria-label={t("segments.turn_named", { name: title })} onClick={props.turn} data-turn={props.field}>
              {t("segments.turn")}
            </Button>
            <Button size="small" variant="secondary" aria-label={t("rules.remove_condition_named", { name: title })} onClick={props.remove} data-remove={props.field}>
              {t("rules.remove_condition")}
            </Button>
          </div>
        )}
      </div>
      {nested ? <Group field={field} depth={props.depth} currencies={props.currencies} /> : <Leaf field={field} type={type} currencies={props.currencies} />}
    </fieldset>
  );
}

/** What can be added to a group: single conditions by headings, and groups while they are not too deep. */
function Add(props: { depth: number; add: (type: string) => void }) {
  const t = useT();
  const { tiers } = useEditing();
  return (
    <label className="rules-add">
      <span className="kit-visually-hidden">{t("rules.add_condition")}</span>
      <span className="kit-input">
        <select value="" data-add="" onChange={(event) => props.add(event.target.value)}>
          <option value="">{t("rules.add_condition")}</option>
          {KINDS.map(({ heading, types }) => (
            <optgroup key={heading} label={t(`segments.heading.${heading}`)}>
              {types
                .filter((type) => type !== "tier" || tiers.length > 0)
                .map((type) => (
                  <option key={type} value={type}>
                    {t(`segments.type.${type}`)}
                  </option>
                ))}
            </optgroup>
          ))}
          {props.depth + 3 <= MAX_DEPTH && (
            <optgroup label={t("rules.heading.group")}>
              {["any", "all"].map((type) => (
                <option key={type} value={type}>
                  {t(`rules.group.${type}`)}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </span>
    </label>
  );
}
