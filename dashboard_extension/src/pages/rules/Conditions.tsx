import { Button, useT } from "@/kit";
import { useId } from "react";
import { useWatch } from "react-hook-form";

import { currenciesOf, fresh, isCondition, isKnown, MAX_DEPTH, offered, partsOf, type Condition } from "./conditions";
import { useEditing, useTells } from "./context";
import { freshOfPlugin, kindsOffered, type Kind } from "./kinds";
import { fieldsOf, Leaf } from "./Leaf";
import { saidAt } from "./places";
import { asking, type Told } from "./tells";

interface Where {
  readonly trigger: string;
  readonly onLine: boolean;
  readonly withinAnyLine: boolean;
}

/** A tree of conditions: groups of which all or one must hold, what must not, and single conditions. */
export function Conditions(props: { field: string; trigger: string; onLine: boolean }) {
  const t = useT();
  return (
    <div className="rules-conditions">
      <h3>{t("rules.when")}</h3>
      <Group field={props.field} depth={1} where={{ trigger: props.trigger, onLine: props.onLine, withinAnyLine: false }} />
    </div>
  );
}

/** A group: how its parts belong together, the parts, and what can be added. */
function Group(props: { field: string; depth: number; where: Where }) {
  const { field, depth, where } = props;
  const t = useT();
  const { control, disabled, setValue, findings } = useEditing();
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
      {parts.length === 0 && <p className="kit-hint">{t(depth === 1 ? "rules.always" : "rules.empty_group")}</p>}
      <ul className="rules-parts">
        {parts.map((one, at) => (
          <li key={`${at}-${one.type}`} data-condition={one.type}>
            <Part field={`${field}.of.${at}`} condition={one} depth={depth + 1} where={where} remove={() => put(parts.filter((_, other) => other !== at))} />
          </li>
        ))}
      </ul>
      <Problems found={saidAt(findings, field, ["of"])} />
      {!disabled && <Add depth={depth} where={where} add={(one) => put([...parts, one])} />}
    </div>
  );
}

function Part(props: { field: string; condition: Condition; depth: number; where: Where; remove: () => void }) {
  const { field, condition, depth, where } = props;
  const t = useT();
  const { disabled, findings } = useEditing();
  const id = useId();
  const { type } = condition;
  const nested = type === "all" || type === "any" || type === "not" || type === "any_line";
  const title = nested ? t(`rules.group.${type}`) : isKnown(type) ? t(`rules.type.${type}`) : type;
  const inside = type === "not" || type === "any_line";
  return (
    <fieldset className="rules-part" aria-labelledby={id}>
      <div className="rules-part-head">
        <strong id={id}>{title}</strong>
        {!disabled && (
          <Button size="small" variant="secondary" aria-label={t("rules.remove_condition_named", { name: title })} onClick={props.remove} data-remove={field}>
            {t("rules.remove_condition")}
          </Button>
        )}
      </div>
      {nested ? (
        <Group field={inside ? `${field}.of` : field} depth={inside ? depth + 1 : depth} where={type === "any_line" ? { ...where, withinAnyLine: true } : where} />
      ) : (
        <Leaf field={field} type={type} />
      )}
      {(!nested || inside) && <Problems found={saidAt(findings, field, inside ? ["of"] : fieldsOf(type))} />}
    </fieldset>
  );
}

/** What can be added to a group: single conditions by headings, and groups while they are not too deep. */
function Add(props: { depth: number; where: Where; add: (condition: Condition) => void }) {
  const t = useT();
  const { seen, tiers, segments, kinds: known } = useEditing();
  const plugins = kindsOffered(known ?? [], props.where);
  const tells = useTells();
  const kinds = offered({ ...props.where, tiers: tiers.length > 0, segments: segments.length > 0, tells: tells.length > 0 });
  // A group stands one level deeper, and what it holds one more.
  const deeper = props.depth + 2 <= MAX_DEPTH;
  return (
    <label className="rules-add">
      <span className="kit-visually-hidden">{t("rules.add_condition")}</span>
      <span className="kit-input">
        <select value="" data-add="" onChange={(event) => props.add(made(event.target.value, currenciesOf(seen), tells, known ?? []))}>
          <option value="">{t("rules.add_condition")}</option>
          {kinds.map(({ heading, types }) => (
            <optgroup key={heading} label={t(`rules.heading.${heading}`)}>
              {types.map((type) => (
                <option key={type} value={type}>
                  {t(type === "any_line" ? "rules.group.any_line" : `rules.type.${type}`)}
                </option>
              ))}
            </optgroup>
          ))}
          {plugins.length > 0 && (
            <optgroup label={t("rules.heading.plugin")}>
              {plugins.map((one) => (
                <option key={one.value} value={one.value}>
                  {one.label}
                </option>
              ))}
            </optgroup>
          )}
          {deeper && (
            <optgroup label={t("rules.heading.group")}>
              {["any", "all", "not"].map((type) => (
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

function made(type: string, currencies: readonly string[], tells: readonly Told[], kinds: readonly Kind[]): Condition {
  const plugged = freshOfPlugin(type, kinds);
  if (plugged !== null) return plugged;
  if (type === "event_property") return asking(tells[0]);
  return type === "not" ? { type, of: { type: "all", of: [] } } : fresh(type, currencies);
}

/** What is wrong or doubtful, where no single field shows it. */
export function Problems(props: { found: readonly { code: string; path: string; severity: string; text: string }[] }) {
  if (props.found.length === 0) return null;
  return (
    <ul className="rules-problems">
      {props.found.map((one) => (
        <li key={one.path + one.code} className={one.severity === "error" ? "kit-wrong" : "rules-doubt"}>
          {one.text}
        </li>
      ))}
    </ul>
  );
}
