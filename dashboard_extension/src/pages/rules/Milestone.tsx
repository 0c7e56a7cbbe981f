import { Button, Failure, FailureOf, FieldMoney, FieldNumber, FieldSelect, FieldSwitch, useMoney, useT } from "@/kit";

import { useApiMutation, useApiQuery } from "@/api";

import { useEditing } from "./context";
import type { Json, RuleForm } from "./form";
import { LINES, type MilestoneForm } from "./milestones";

/** The line that a rule waits for, whom it is for, and who is past it already. */
export function Milestone(props: { field: string; milestone: MilestoneForm; rule: RuleForm; document: Json }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const { milestone } = props;
  const field = `${props.field}.milestone`;
  return (
    <fieldset className="rules-milestone">
      <legend>{t("rules.milestone")}</legend>
      <p className="kit-hint">{t("rules.milestone_hint")}</p>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          disabled={disabled}
          name={`${field}.kind`}
          label={t("rules.milestone_of")}
          choices={LINES.map((value) => ({ value, label: t(`rules.line.${value}`) }))}
        />
        {milestone.kind === "spend" ? (
          milestone.limits.map((one, at) => (
            <FieldMoney key={one.currency} control={control} disabled={disabled} name={`${field}.limits.${at}.min`} label={t("rules.line_spend", { currency: one.currency })} currency={one.currency} />
          ))
        ) : (
          <FieldNumber control={control} disabled={disabled} name={`${field}.min`} label={t(`rules.line_min.${milestone.kind}`)} />
        )}
      </div>
      {milestone.kind === "spend" && milestone.limits.length > 1 && <p className="kit-hint">{t("rules.line_spend_hint")}</p>}
      <FieldSwitch control={control} disabled={disabled} name={`${field}.keep`} label={t("rules.keep")} hint={t("rules.keep_hint")} />
      <FieldSwitch control={control} disabled={disabled} name={`${field}.retroactive`} label={t("rules.retroactive")} hint={t("rules.retroactive_hint")} />
      <SoFar rule={props.rule.id} />
      <PastIt document={props.document} rule={props.rule.id} retroactive={milestone.retroactive} />
    </fieldset>
  );
}

/** How many members the rule in force gave it to, and how far all of them were looked at. */
function SoFar(props: { rule: string }) {
  const t = useT();
  const query = useApiQuery("/api/dashboard/v1/milestones");
  const { data } = query;
  const mine = data?.rules.find((one) => one.rule === props.rule);
  const sweep = data?.sweep ?? null;
  return (
    <>
      <FailureOf query={query} />
      {mine !== undefined && <p className="kit-hint">{t("rules.milestone_given", { given: mine.given, before: mine.before })}</p>}
      {sweep !== null && <p className="kit-hint">{t("rules.milestone_sweep", { done: sweep.done, total: sweep.total })}</p>}
    </>
  );
}

/** How many members are past the line now, and what it costs to give it to them too. */
function PastIt(props: { document: Json; rule: string; retroactive: boolean }) {
  const t = useT();
  const money = useMoney();
  const count = useApiMutation("post", "/api/dashboard/v1/milestones/preview");
  const found = count.data;
  return (
    <div className="rules-past" role="status">
      <Button type="button" size="small" variant="secondary" disabled={count.isPending} data-count-past="" onClick={() => count.mutate({ body: { document: props.document as never, rule: props.rule } })}>
        {t("rules.count_past")}
      </Button>
      {count.error && <Failure error={count.error} />}
      {found && (
        <p data-past={found.members}>
          {t("rules.past", { members: found.members, total: found.total })}{" "}
          {found.members > 0 && found.reward === "" && t(props.retroactive ? "rules.past_cost" : "rules.past_cost_if", { points: found.points })}
          {found.members > 0 && found.reward !== "" && t(props.retroactive ? "rules.past_reward" : "rules.past_reward_if", { members: found.members, reward: found.reward })}{" "}
          {found.members > 0 && found.left !== null && t("rules.past_left", { left: found.left })}{" "}
          {found.members > 0 && found.worth[0] !== undefined && t("rules.past_worth", { money: money(found.worth[0]) })}{" "}
          {found.had > 0 && t("rules.past_had", { had: found.had })} {found.looked_at < found.total && t("rules.past_sample", { looked: found.looked_at })}
        </p>
      )}
    </div>
  );
}
