import { useState } from "react";
import { useForm } from "react-hook-form";

import { useApiMutation } from "@/api";
import { Button, Failure, FieldDecimal, Notice, Points, Section, useT } from "@/kit";

import { FindMember } from "./FindMember";
import { PATH, type CampaignOf } from "./form";

/** A trial on one member: a code that works for two days, or points without and with the campaign. */
export function TryIt({ of }: { of: CampaignOf }) {
  const t = useT();
  const [member, setMember] = useState("");
  const form = useForm<{ amount: string | null }>({ defaultValues: { amount: "100" } });
  const test = useApiMutation("post", `${PATH}/{campaign}/test`);
  const points = of.sharing === "";
  const submit = form.handleSubmit(({ amount }) =>
    test.mutate({ params: { path: { campaign: of.id } }, body: { member, ...(points && amount ? { amount } : {}) } }),
  );
  const found = test.data;
  return (
    <Section title={t("campaigns.try")} hint={t(points ? "campaigns.try_hint_points" : "campaigns.try_hint")}>
      <form className="campaigns-ask" noValidate onSubmit={(event) => void submit(event)}>
        <FindMember change={setMember} />
        {points && <FieldDecimal control={form.control} name="amount" label={t("campaigns.try_amount")} />}
        <Button type="submit" variant="secondary" disabled={test.isPending || member === ""}>
          {t(points ? "campaigns.try_points" : "campaigns.try_code")}
        </Button>
      </form>
      <div aria-live="polite" className="kit-stack">
        {test.error && <Failure error={test.error} />}
        {found?.why_not && <Notice tone="warning">{t(`campaigns.why_not.${found.why_not}`)}</Notice>}
        {found?.own && (
          <Notice tone="success">
            {t("campaigns.try_made")} <strong className="campaigns-code">{found.code}</strong>
          </Notice>
        )}
        {found?.held && (
          <Notice tone="info">
            {t("campaigns.try_held")} <strong className="campaigns-code">{found.held}</strong>
          </Notice>
        )}
        {found && found.points_after !== null && (
          <Notice tone="success">
            {t("campaigns.try_found")} <Points value={found.points_before ?? 0} /> → <Points value={found.points_after} />
          </Notice>
        )}
      </div>
    </Section>
  );
}
