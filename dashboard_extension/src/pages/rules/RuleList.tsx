import { Button, Empty, SwitchRow, useT } from "@/kit";
import { useLayoutEffect, useRef, useState } from "react";
import { useIntl } from "react-intl";

import type { Answer } from "@/api";

import { Problems } from "./Conditions";
import { useEditing } from "./context";
import { duplicated, moved, nameOf, type RuleForm } from "./form";
import { saidAt } from "./places";

type Used = Answer<"/api/dashboard/v1/rules/uses">["rules"][number];

/** The rules in the order in which they are asked; each can be moved, switched, copied and removed. */
export function RuleList(props: {
  rules: readonly RuleForm[];
  sentences: Readonly<Record<string, string>>;
  used: readonly Used[] | null;
  open: string | null;
  edit: (id: string) => void;
  add: () => void;
}) {
  const { rules } = props;
  const t = useT();
  const { locale } = useIntl();
  const called = (rule: RuleForm) => nameOf(rule, locale.slice(0, 2), t("rules.unnamed", { id: rule.id }));
  const { disabled, setValue, findings } = useEditing();
  const list = useRef<HTMLOListElement>(null);
  const [after, setAfter] = useState<{ id: string; button: string; said: string } | null>(null);
  // A row that moves takes the focus away with it.
  useLayoutEffect(() => {
    if (after === null) return;
    const row = list.current?.querySelector(`[data-rule="${after.id}"]`);
    const wanted = row?.querySelector<HTMLButtonElement>(`[data-act="${after.button}"]`);
    const button = wanted?.disabled ? row?.querySelector<HTMLButtonElement>('[data-act="edit"]') : wanted;
    button?.focus();
  }, [after]);
  if (rules.length === 0) {
    return (
      <Empty title={t("rules.none")} action={disabled ? undefined : <Button onClick={props.add}>{t("rules.add")}</Button>}>
        {t("rules.none_text")}
      </Empty>
    );
  }
  const put = (next: readonly RuleForm[]) => setValue("rules", [...next]);
  const move = (at: number, by: -1 | 1) => {
    const rule = rules[at];
    if (rule === undefined) return;
    put(moved(rules, at, by));
    setAfter({ id: rule.id, button: by < 0 ? "up" : "down", said: t("rules.moved", { name: called(rule), place: at + by + 1, count: rules.length }) });
  };
  return (
    <>
      <p role="status" className="kit-visually-hidden">
        {after?.said ?? ""}
      </p>
      <ol className="rules-list" ref={list}>
        {rules.map((rule, at) => {
          const name = called(rule);
          const act = (what: string, press: () => void, off = false) => (
            <Button size="small" variant="secondary" disabled={off} onClick={press} data-act={what} aria-label={t(`rules.act_named.${what}`, { name })}>
              {t(`rules.act.${what}`)}
            </Button>
          );
          const wrong = saidAt(findings, `rules.${at}`).filter((one) => one.severity === "error");
          return (
            <li key={rule.id} data-rule={rule.id} data-enabled={rule.enabled} aria-current={props.open === rule.id || undefined}>
              <div className="rules-row">
                <span className="rules-place" aria-hidden>
                  {at + 1}
                </span>
                <div className="rules-told">
                  <h3>{name}</h3>
                  <p>{props.sentences[rule.id] ?? t("rules.no_sentence")}</p>
                  <Numbers id={rule.id} used={props.used} />
                  {wrong.length > 0 && props.open !== rule.id && <Problems found={wrong.slice(0, 1)} />}
                </div>
              </div>
              <div className="rules-acts">
                <SwitchRow
                  label={t("rules.enabled")}
                  on={rule.enabled}
                  disabled={disabled}
                  name={`rules.${at}.enabled`}
                  onChange={(on) => put(rules.map((one, other) => (other === at ? { ...one, enabled: on } : one)))}
                />
                <div className="kit-actions">
                  {act("edit", () => props.edit(rule.id))}
                  {!disabled && (
                    <>
                      {act("up", () => move(at, -1), at === 0)}
                      {act("down", () => move(at, 1), at === rules.length - 1)}
                      {act("duplicate", () => put(duplicated(rules, at)), rules.length >= 100)}
                      {act("delete", () => put(rules.filter((_, other) => other !== at)))}
                    </>
                  )}
                </div>
              </div>
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** What a rule gave in the last 30 days. */
function Numbers(props: { id: string; used: readonly Used[] | null }) {
  const t = useT();
  if (props.used === null) return null;
  const found = props.used.find((one) => one.rule === props.id);
  return (
    <p className="kit-soft kit-small" data-used={found?.times ?? 0}>
      {found === undefined ? t("rules.unused") : t("rules.used", { times: found.times })}
      {found !== undefined && found.points !== 0 && ` · ${t("rules.used_points", { points: found.points })}`}
      {found !== undefined && found.status_points !== 0 && ` · ${t("rules.used_status", { points: found.status_points })}`}
    </p>
  );
}
