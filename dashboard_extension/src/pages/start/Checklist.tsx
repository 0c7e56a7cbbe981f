import { actions } from "@saleor/app-sdk/app-bridge";

import type { components } from "@/api";
import { Button, ButtonLink, Notice, Section, useBridge, useT } from "@/kit";

import { addressOf } from "./places";

type Step = components["schemas"]["StartStep"];
type AppPermissions = Parameters<typeof actions.RequestPermissions>[0];

/** Where a step is taken. */
const PLACES: Readonly<Partial<Record<Step["key"], string>>> = {
  draft_seen: "program",
  rates_confirmed: "program",
  published: "publish",
  storefront_connected: "settings/storefront",
  mail_tested: "settings/messages",
};

/** What is left to do until the program runs, derived from the books: nobody ticks anything off. */
export function Checklist(props: { steps: readonly Step[] }) {
  const t = useT();
  const done = props.steps.filter((step) => step.done).length;
  const next = props.steps.find((step) => !step.done)?.key;
  const lacking = props.steps.filter((step) => step.done && step.missing.length > 0);
  if (next === undefined && lacking.length === 0) return <Notice tone="success">{t("start.all_done")}</Notice>;
  return (
    <Section title={t("start.checklist")} hint={t("start.checklist_hint")} actions={<span className="kit-soft">{t("start.done_of", { done, total: props.steps.length })}</span>}>
      <ol className="start-steps">
        {props.steps.map((step) => (
          <StepLine key={step.key} step={step} isNext={step.key === next} />
        ))}
      </ol>
    </Section>
  );
}

function StepLine({ step, isNext }: { step: Step; isNext: boolean }) {
  const t = useT();
  return (
    <li data-step={step.key} data-done={step.done} aria-current={isNext ? "step" : undefined}>
      <span className="start-mark" aria-hidden="true">
        {step.done ? "✓" : ""}
      </span>
      <div className="start-step">
        <h3>
          {t(`start.step.${step.key}`)} <span className="kit-visually-hidden">{t(step.done ? "start.done" : "start.to_do")}</span>
        </h3>
        {!step.done && <p className="kit-hint">{t(`start.step_hint.${step.key}`)}</p>}
        {step.missing.length > 0 && (
          <p className="kit-hint">
            {t(step.key === "permissions" ? "start.missing_permissions" : "start.missing_rates")} <strong>{step.missing.join(", ")}</strong>
          </p>
        )}
      </div>
      {!step.done && <Action step={step} isNext={isNext} />}
    </li>
  );
}

function Action({ step, isNext }: { step: Step; isNext: boolean }) {
  const t = useT();
  const bridge = useBridge();
  const variant = isNext ? "primary" : "secondary";
  if (step.key === "permissions") {
    const ask = () => void bridge.act(actions.RequestPermissions(step.missing as AppPermissions, "/"));
    return (
      <Button variant={variant} onClick={ask}>
        {t("start.ask_permissions")}
      </Button>
    );
  }
  const area = PLACES[step.key];
  const address = area === undefined ? null : addressOf(area);
  if (address === null) return null;
  return (
    <ButtonLink to={address} variant={variant}>
      {t(`start.step_go.${step.key}`)}
    </ButtonLink>
  );
}
