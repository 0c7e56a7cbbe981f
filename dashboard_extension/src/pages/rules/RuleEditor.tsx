import { Button, FieldDecimal, FieldNumber, FieldSelect, FieldSwitch, FieldText, Section, useLanguageName, useT } from "@/kit";
import { useEffect, useMemo, useRef } from "react";
import { useWatch } from "react-hook-form";
import { useIntl } from "react-intl";
import { Link } from "react-router";

import { Conditions, Problems } from "./Conditions";
import { effectsOffered } from "./kinds";
import { TellsContext, useEditing } from "./context";
import { Milestone } from "./Milestone";
import { EFFECTS, nameOf, PERIODS, PERKS, scopeOf, type Json, type RuleForm } from "./form";
import { Perk } from "./Perk";
import { PluginEffect } from "./PluginEffect";
import { saidAt } from "./places";
import { TierReached } from "./TierReached";
import { tellsOf, waitedFor, type EventKind } from "./tells";
import { useExample } from "./useExample";

/** The parts of a rule that show what is wrong with them themselves. */
const SHOWN = ["name", "when", "then.kind", "then.factor", "then.points", "then.most", "then.settings", "then.reward", "then.tier", "then.days", "then.tag", "then.texts", "caps.per_order", "caps.per_member.points", "caps.per_member.times", "priority", "scope", "milestone.min", "milestone.limits", "on"];

/** One rule: its names, what it does, when, and within which limits. */
export function RuleEditor(props: { at: number; document: Json; sentence: string | undefined; close: () => void }) {
  const t = useT();
  const { locale } = useIntl();
  const { control, disabled, findings, events } = useEditing();
  const field = `rules.${props.at}`;
  const rule = useWatch({ control, name: field }) as RuleForm;
  const frame = useRef<HTMLDivElement>(null);
  const { id } = rule;
  useEffect(() => {
    const heading = frame.current?.querySelector("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    frame.current?.scrollIntoView({ block: "start" });
  }, [id]);
  const deed = rule.trigger !== "order";
  const example = useExample(props.document, id);
  const { on } = rule.before;
  const waited = useMemo(() => (rule.trigger === "custom_event" ? waitedFor(on, events) : []), [rule.trigger, on, events]);
  const tells = useMemo(() => tellsOf(waited), [waited]);
  return (
    <div ref={frame} data-editor={id}>
      <Section
        title={t("rules.editing", { name: nameOf(rule, locale.slice(0, 2), t("rules.unnamed", { id: rule.id })) })}
        actions={
          <Button variant="secondary" onClick={props.close} data-editor-close="">
            {t("rules.close")}
          </Button>
        }
      >
        <div className="rules-sentence" role="status">
          <p data-sentence="">{props.sentence ?? t("rules.no_sentence")}</p>
          {example !== null && (
            <p className="kit-small" data-rule-example="">
              {example}
            </p>
          )}
        </div>
        <Problems found={saidAt(findings, field, SHOWN)} />
        <Names field={field} locales={Object.keys(rule.name)} />
        {rule.milestone !== null && <Milestone field={field} milestone={rule.milestone} rule={rule} document={props.document} />}
        {rule.trigger === "custom_event" && <Reported waited={waited} />}
        {rule.trigger === "tier_reached" && <TierReached field={field} />}
        {deed && rule.milestone === null && !["custom_event", "tier_reached"].includes(rule.trigger) && (
          <p className="kit-hint">{t("rules.deed", { trigger: t(`rules.trigger.${rule.trigger}`) })}</p>
        )}
        <Effect field={field} rule={rule} />
        <TellsContext.Provider value={tells}>
          <Conditions field={`${field}.when`} trigger={rule.trigger} onLine={!deed && scopeOf(rule) === "line"} />
        </TellsContext.Provider>
        <Caps field={field} rule={rule} />
        <div className="kit-fields">
          <FieldNumber control={control} disabled={disabled} name={`${field}.priority`} label={t("rules.priority")} hint={t("rules.priority_hint")} />
        </div>
        <FieldSwitch control={control} disabled={disabled} name={`${field}.stop`} label={t("rules.stop")} hint={t("rules.stop_hint")} />
      </Section>
    </div>
  );
}

/** The events that the rule waits for, and where they are set up. */
function Reported({ waited }: { waited: readonly EventKind[] }) {
  const t = useT();
  const { locale } = useIntl();
  const names = new Intl.ListFormat(locale, { type: "disjunction" }).format(waited.map((one) => t("rules.named", { name: one.label })));
  return (
    <p className="kit-hint">
      {t("rules.reported", { events: names, count: waited.length })}{" "}
      <Link className="kit-link" to="/events">
        {t("rules.to_events")}
      </Link>
    </p>
  );
}

function Names(props: { field: string; locales: readonly string[] }) {
  const t = useT();
  const { control, disabled, findings } = useEditing();
  const called = useLanguageName();
  return (
    <>
      <div className="kit-fields">
        {props.locales.map((locale) => (
          <FieldText
            key={locale}
            control={control}
            disabled={disabled}
            name={`${props.field}.name.${locale}`}
            label={t("rules.name", { language: called(locale) })}
            maxLength={120}
          />
        ))}
      </div>
      <Problems found={saidAt(findings, `${props.field}.name`).filter((one) => one.severity !== "error")} />
    </>
  );
}

function Effect(props: { field: string; rule: RuleForm }) {
  const t = useT();
  const { control, disabled, findings, tiers, kinds: known } = useEditing();
  const { field, rule } = props;
  const { kind } = rule.then;
  const plugins = kind === "plugin" || effectsOffered(known ?? [], rule.trigger).length > 0;
  // Status points count for tiers alone: where there are none they would only be in the way.
  const status = tiers.length > 0 || kind.startsWith("status") || rule.then.unit === "status";
  const kinds = (rule.trigger === "order" ? EFFECTS : (["points", "status_fixed", "issue_reward"] as const)).filter((one) => status || !one.startsWith("status"));
  const offered: readonly string[] = plugins ? [...kinds, "plugin"] : kinds;
  const perk = PERKS.includes(kind);
  const free = rule.trigger === "order" && !perk && !["points_per_order", "points_per_unit", "status_fixed"].includes(kind);
  return (
    <>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          disabled={disabled}
          name={`${field}.then.kind`}
          label={t("rules.then")}
          choices={offered.map((value) => ({ value, label: t(`rules.effect.${value}`) }))}
        />
        {["points_per_money", "multiplier", "status_rate"].includes(kind) ? (
          <FieldDecimal control={control} disabled={disabled} name={`${field}.then.factor`} label={t(kind === "multiplier" ? "rules.times" : "rules.times_rate")} affix="×" />
        ) : kind === "plugin" ? (
          <FieldNumber control={control} disabled={disabled} name={`${field}.then.most`} label={t("rules.plugin_most")} hint={t("rules.plugin_most_hint")} />
        ) : (
          !perk && <FieldNumber control={control} disabled={disabled} name={`${field}.then.points`} label={t("rules.points")} />
        )}
        {free && (
          <FieldSelect
            control={control}
            disabled={disabled}
            name={`${field}.scope`}
            label={t("rules.scope")}
            hint={t("rules.scope_hint")}
            choices={["line", "order"].map((value) => ({ value, label: t(`rules.scope.${value}`) }))}
          />
        )}
      </div>
      {kind === "plugin" && <PluginEffect field={field} rule={rule} />}
      {perk && <Perk field={field} rule={rule} />}
      {kind === "multiplier" && (
        <>
          <FieldSwitch control={control} disabled={disabled} name={`${field}.then.fixed_points`} label={t("rules.fixed_points")} hint={t("rules.fixed_points_hint")} />
          {status && (
            <FieldSelect
              control={control}
              disabled={disabled}
              name={`${field}.then.unit`}
              label={t("rules.unit")}
              choices={["points", "status"].map((value) => ({ value, label: t(`rules.unit.${value}`) }))}
            />
          )}
        </>
      )}
      <Problems found={saidAt(findings, `${field}.scope`)} />
    </>
  );
}

function Caps(props: { field: string; rule: RuleForm }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const { field, rule } = props;
  const { caps } = rule;
  const perk = PERKS.includes(rule.then.kind);
  const multiplies = rule.then.kind === "multiplier" || perk;
  const used = caps.per_order !== null || caps.per_member.points !== null || caps.per_member.times !== null;
  return (
    <details open={used}>
      <summary>{t("rules.caps")}</summary>
      <div className="kit-stack">
        <p className="kit-hint">{t(perk ? "rules.caps_hint_perk" : multiplies ? "rules.caps_hint_multiplier" : "rules.caps_hint")}</p>
        <div className="kit-fields">
          {rule.trigger === "order" && !multiplies && <FieldNumber control={control} disabled={disabled} name={`${field}.caps.per_order`} label={t("rules.cap_order")} />}
          {!multiplies && <FieldNumber control={control} disabled={disabled} name={`${field}.caps.per_member.points`} label={t("rules.cap_points")} />}
          <FieldNumber control={control} disabled={disabled} name={`${field}.caps.per_member.times`} label={t("rules.cap_times")} />
          <FieldSelect
            control={control}
            disabled={disabled}
            name={`${field}.caps.per_member.period`}
            label={t("rules.cap_period")}
            choices={PERIODS.map((value) => ({ value, label: t(`rules.period.${value}`) }))}
          />
        </div>
      </div>
    </details>
  );
}
