import { FieldLongText, FieldNumber, FieldSelect, FieldText, useLanguageName, useT } from "@/kit";
import { Link } from "react-router";

import { Problems } from "./Conditions";
import { useEditing } from "./context";
import type { RuleForm } from "./form";
import { saidAt } from "./places";

/** What a rule gives beside points: a reward of the catalog, a tier for some days, a tag or a message. */
export function Perk(props: { field: string; rule: RuleForm }) {
  const { field, rule } = props;
  if (rule.then.kind === "tag") return <Tag field={field} />;
  if (rule.then.kind === "message") return <Message field={field} locales={Object.keys(rule.then.texts)} />;
  return rule.then.kind === "issue_reward" ? <Reward field={field} rule={rule} /> : <Tier field={field} rule={rule} />;
}

function Tag({ field }: { field: string }) {
  const t = useT();
  const { control, disabled } = useEditing();
  return (
    <div className="kit-fields">
      <FieldText control={control} disabled={disabled} name={`${field}.then.tag`} label={t("rules.perk_tag")} hint={t("rules.perk_tag_hint")} maxLength={60} />
    </div>
  );
}

function Message({ field, locales }: { field: string; locales: readonly string[] }) {
  const t = useT();
  const { control, disabled, findings } = useEditing();
  const called = useLanguageName();
  return (
    <>
      <p className="kit-hint">{t("rules.perk_message_hint")}</p>
      {locales.map((locale) => (
        <div className="kit-stack" key={locale} data-message={locale}>
          <FieldText control={control} disabled={disabled} name={`${field}.then.texts.${locale}.title`} label={t("rules.perk_title", { language: called(locale) })} maxLength={150} />
          <FieldLongText control={control} disabled={disabled} name={`${field}.then.texts.${locale}.body`} label={t("rules.perk_body", { language: called(locale) })} rows={4} maxLength={4000} />
        </div>
      ))}
      <Problems found={saidAt(findings, `${field}.then.texts`).filter((one) => one.severity !== "error" || one.field === `${field}.then.texts`)} />
    </>
  );
}

function Reward({ field, rule }: { field: string; rule: RuleForm }) {
  const t = useT();
  const { control, disabled, rewards } = useEditing();
  return (
    <>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          disabled={disabled}
          name={`${field}.then.reward`}
          label={t("rules.perk_reward")}
          hint={t("rules.perk_reward_hint")}
          choices={chosenFrom(rewards, rule.then.reward, t("rules.perk_choose"))}
        />
      </div>
      {rewards.length === 0 && (
        <p className="kit-hint">
          {t("rules.perk_no_rewards")}{" "}
          <Link className="kit-link" to="/rewards">
            {t("rules.perk_to_rewards")}
          </Link>
        </p>
      )}
    </>
  );
}

function Tier({ field, rule }: { field: string; rule: RuleForm }) {
  const t = useT();
  const { control, disabled, tiers } = useEditing();
  return (
    <>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          disabled={disabled}
          name={`${field}.then.tier`}
          label={t("rules.perk_tier")}
          hint={t("rules.perk_tier_hint")}
          choices={chosenFrom(tiers, rule.then.tier, t("rules.perk_choose"))}
        />
        <FieldNumber control={control} disabled={disabled} name={`${field}.then.days`} label={t("rules.perk_days")} />
      </div>
      {tiers.length === 0 && (
        <p className="kit-hint">
          {t("rules.perk_no_tiers")}{" "}
          <Link className="kit-link" to="/tiers">
            {t("rules.perk_to_tiers")}
          </Link>
        </p>
      )}
    </>
  );
}

/** What can be chosen, and what is chosen though it is not there (any more). */
function chosenFrom(all: readonly { value: string; label: string }[], value: string, choose: string) {
  if (all.some((one) => one.value === value)) return [...all];
  return [{ value, label: value === "" ? choose : value }, ...all];
}
