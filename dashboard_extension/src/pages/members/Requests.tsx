import { Page, Section, useT } from "@/kit";

import { AdjustmentTable } from "./AdjustmentTable";

/** What agents ask for beyond their budgets, and what was moved by hand before. */
export function Requests() {
  const t = useT();
  return (
    <Page title={t("members.requests")} lead={t("members.requests_lead")}>
      <Section title={t("members.waiting")}>
        <AdjustmentTable query={{ state: "waiting" }} named />
      </Section>
      <Section title={t("members.all_adjustments")}>
        <AdjustmentTable query={{}} named />
      </Section>
    </Page>
  );
}
