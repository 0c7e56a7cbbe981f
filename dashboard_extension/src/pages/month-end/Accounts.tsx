import { z } from "zod";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { FieldText, Loaded, Page, SaveBar, Section, useNotify, useStaff, useT } from "@/kit";
import { useZodForm } from "@/kit/forms";

type Codes = components["schemas"]["JournalAccountCodes"];
const PURPOSES = ["liability", "expense", "redemption", "breakage", "adjustment", "revaluation"] as const;
const PATH = "/api/dashboard/v1/insights/accounts";

/** The account codes under which the journal is booked. */
export function Accounts() {
  const t = useT();
  const codes = useApiQuery(PATH);
  return (
    <Page title={t("month-end.accounts")} lead={t("month-end.accounts_lead")}>
      <Loaded query={codes}>{(found) => <Form key={JSON.stringify(found)} codes={found} />}</Loaded>
    </Page>
  );
}

function Form(props: { codes: Codes }) {
  const t = useT();
  const notify = useNotify();
  const staff = useStaff();
  const code = z.string().trim().regex(/^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}$/, t("month-end.account_wrong"));
  const schema = z.object({ liability: code, expense: code, redemption: code, breakage: code, adjustment: code, revaluation: code });
  const form = useZodForm<Codes, Codes>(schema, props.codes);
  const save = useApiMutation("put", PATH, {
    invalidates: [PATH, "/api/dashboard/v1/insights/months/{month}"],
    onSuccess: (saved) => {
      form.reset(saved);
      notify("success", t("month-end.accounts_saved"));
    },
  });
  const may = staff.may("MANAGE_APPS");
  return (
    <form noValidate onSubmit={(event) => void form.handleSubmit((body) => save.mutate({ body }))(event)}>
      <Section title={t("month-end.account_codes")} hint={t("month-end.accounts_hint")}>
        <div className="kit-fields">
          {PURPOSES.map((purpose) => (
            <FieldText key={purpose} control={form.control} name={purpose} label={t(`month-end.account.${purpose}`)} hint={t(`month-end.account_hint.${purpose}`)} maxLength={40} disabled={!may} />
          ))}
        </div>
      </Section>
      {may && <SaveBar dirty={form.formState.isDirty} saving={save.isPending} error={save.error} onDiscard={() => form.reset(props.codes)} />}
    </form>
  );
}
