import type { components } from "@/api";
import { Badge, Section, Table, useT, When } from "@/kit";

type Plan = components["schemas"]["EndPlan"];
type Left = components["schemas"]["EndLeft"];
type Step = Plan["steps"][number];

/** What happens when, and what has happened. */
export function Steps({ plan, left }: { plan: Plan; left: Left }) {
  const t = useT();
  return (
    <Section title={t("keeping.steps")} hint={t("keeping.steps_hint")}>
      <Table
        label={t("keeping.steps")}
        rows={plan.steps}
        rowKey={(step) => step.name}
        columns={[
          {
            id: "step",
            title: t("keeping.step"),
            cell: (step) => (
              <div className="kit-stack" data-step={step.name} data-done={step.done_at !== null}>
                <span>{t(`keeping.step.${step.name}`)}</span>
                {step.name === "codes_ended" && step.done_at === null && left.paying > 0 && <span className="kit-soft">{t("keeping.paying", { count: left.paying })}</span>}
                {step.name === "expired" && step.done_at !== null && <span className="kit-soft">{t("keeping.expired_points", { points: plan.expired_points })}</span>}
              </div>
            ),
          },
          { id: "due", title: t("keeping.due"), cell: (step) => <Due step={step} /> },
          {
            id: "done",
            title: t("keeping.done"),
            cell: (step) => (step.done_at === null ? <Badge tone="info">{t("keeping.to_come")}</Badge> : <When at={step.done_at} />),
          },
        ]}
      />
    </Section>
  );
}

function Due({ step }: { step: Step }) {
  const t = useT();
  return step.due_at === null ? <>{t("keeping.after_before")}</> : <When at={step.due_at} />;
}
