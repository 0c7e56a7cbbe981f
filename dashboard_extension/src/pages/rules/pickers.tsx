import { Button, FailureOf, Notice, useT } from "@/kit";
import { useDeferredValue, useEffect, useId, useState } from "react";
import { useController } from "react-hook-form";

import { useApiQuery } from "@/api";

import { ChosenList } from "./ChosenList";
import { useEditing } from "./context";

interface Listed {
  readonly name: string;
  readonly label: string;
}
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Some of a few, each with a box to tick. */
export function FieldChoices(props: Listed & { choices: readonly Choice[] }) {
  const { control, disabled } = useEditing();
  const { field } = useController({ control, name: props.name });
  const chosen = listOf(field.value);
  // What is chosen and no longer offered stays to be seen, and to be taken away.
  const strange = chosen.filter((one) => !props.choices.some(({ value }) => value === one)).map((value) => ({ value, label: value }));
  const all = [...props.choices, ...strange];
  const toggle = (value: string) =>
    field.onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : all.map((one) => one.value).filter((one) => one === value || chosen.includes(one)));
  return (
    <fieldset className="rules-choices">
      <legend>{props.label}</legend>
      {all.map(({ value, label }) => (
        <label key={value}>
          <input type="checkbox" name={props.name} value={value} checked={chosen.includes(value)} disabled={disabled} onChange={() => toggle(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

/** Some of many that are known: those chosen, and a list to add from. */
export function FieldFromList(props: Listed & { choices: readonly Choice[]; add: string }) {
  const t = useT();
  const id = useId();
  const { control, disabled } = useEditing();
  const { field } = useController({ control, name: props.name });
  const chosen = listOf(field.value);
  const free = props.choices.filter(({ value }) => !chosen.includes(value));
  const called = (value: string) => props.choices.find((one) => one.value === value)?.label ?? value;
  return (
    <div className="kit-field">
      <label htmlFor={id}>{props.label}</label>
      <Chosen values={chosen} called={called} disabled={disabled} remove={(value) => field.onChange(chosen.filter((one) => one !== value))} />
      {!disabled && (
        <span className="kit-input">
          <select id={id} name={props.name} value="" onChange={(event) => field.onChange([...chosen, event.target.value])}>
            <option value="">{props.add}</option>
            {free.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </span>
      )}
      {chosen.length === 0 && <span className="kit-hint">{t("rules.nothing_chosen")}</span>}
    </div>
  );
}

/** Some of what the store sells, found by its name. */
export function FieldCatalog(props: Listed & { kind: "product" | "variant" | "category" | "collection" | "product_type"; single?: boolean }) {
  const t = useT();
  const { control, disabled, names, learn } = useEditing();
  const { field } = useController({ control, name: props.name });
  const [open, setOpen] = useState(false);
  const chosen = listOf(field.value);
  return (
    <div className="kit-field" data-catalog={props.kind}>
      <span className="rules-label">{props.label}</span>
      <Chosen
        values={chosen}
        called={(reference) => names[props.kind]?.[reference] ?? reference}
        disabled={disabled}
        remove={(value) => field.onChange(chosen.filter((one) => one !== value))}
      />
      {chosen.length === 0 && <span className="kit-hint">{t("rules.nothing_chosen")}</span>}
      {!disabled && (
        <div className="kit-actions">
          <Button type="button" size="small" variant="secondary" aria-expanded={open} onClick={() => setOpen(!open)} data-catalog-open="">
            {t(open ? "rules.search_close" : `rules.pick.${props.kind}`)}
          </Button>
        </div>
      )}
      {open && !disabled && (
        <Search
          kind={props.kind}
          chosen={chosen}
          pick={(reference, name) => {
            learn(props.kind, reference, name);
            field.onChange(props.single ? [reference] : [...chosen, reference]);
            if (props.single) setOpen(false);
          }}
        />
      )}
    </div>
  );
}

export function Search(props: { kind: "product" | "variant" | "category" | "collection" | "product_type"; chosen: readonly string[]; pick: (reference: string, name: string) => void }) {
  const t = useT();
  const id = useId();
  const [text, setText] = useState("");
  const wanted = useRested(text.trim());
  const found = useApiQuery("/api/dashboard/v1/catalog", { params: { query: { kind: props.kind, search: wanted, first: 20 } } }, { keep: true });
  const items = found.data?.items ?? [];
  return (
    <div className="rules-search">
      <label htmlFor={id}>{t("rules.search")}</label>
      <span className="kit-input">
        <input id={id} type="search" name="search" value={text} maxLength={100} autoComplete="off" onChange={(event) => setText(event.target.value)} />
      </span>
      {found.error && (
        <>
          <FailureOf query={found} />
          <p className="kit-hint">{t("rules.search_failed")}</p>
        </>
      )}
      {!found.error && (
        <p className="kit-hint" role="status">
          {found.data === undefined ? t("rules.searching") : t(found.data.more ? "rules.found_more" : "rules.found", { count: items.length })}
        </p>
      )}
      <ul className="rules-results" aria-busy={found.isFetching}>
        {items.map((one) => {
          const taken = props.chosen.includes(one.reference);
          return (
            <li key={one.reference}>
              <button type="button" disabled={taken} onClick={() => props.pick(one.reference, one.name)} data-pick={one.reference}>
                <span>{one.name}</span>
                {one.detail !== "" && <span className="kit-soft kit-small">{one.detail}</span>}
                <span className="kit-soft kit-small">{t(taken ? "rules.taken" : "rules.take")}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

export function Chosen(props: { values: readonly string[]; called: (value: string) => string; disabled: boolean; remove: (value: string) => void }) {
  const t = useT();
  return <ChosenList {...props} away={(name) => t("rules.take_away", { name })} />;
}

/** A problem of the names: the store does not answer, or no longer knows something. */
export function NamesNotice(props: { failure: unknown; retry: () => void; missing: readonly { kind: string; reference: string }[] }) {
  const t = useT();
  if (props.failure) {
    return (
      <Notice
        tone="warning"
        live
        actions={
          <Button type="button" variant="secondary" onClick={props.retry}>
            {t("kit.retry")}
          </Button>
        }
      >
        {t("rules.names_failed")}
      </Notice>
    );
  }
  if (props.missing.length === 0) return null;
  return <Notice tone="warning">{t("rules.names_missing", { names: props.missing.map((one) => one.reference).join(", ") })}</Notice>;
}

/** A text once its typing rests. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), 300);
    return () => clearTimeout(timer);
  }, [text]);
  return useDeferredValue(rested);
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
