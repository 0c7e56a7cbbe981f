import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { Button, ConfirmDialog, FieldNumber, FieldText, Loaded, Page, Points, Section, Table, useNotify, useT, When, type Column } from "@/kit";

import { checkedBy, MOST_POINTS, whole } from "./checks";

type Line = components["schemas"]["AllowanceLine"];
const PATH = "/api/dashboard/v1/allowances";

/** How many points each agent may move by hand before another has to approve. */
export function Budgets() {
  const t = useT();
  const query = useApiQuery(PATH);
  const [editing, setEditing] = useState<Line | "new" | null>(null);
  const [dropping, setDropping] = useState<Line | null>(null);
  const columns: Column<Line>[] = [
    { id: "who", title: t("members.agent"), cell: (row) => row.email ?? t("members.everybody_else") },
    { id: "day", title: t("members.per_day"), align: "end", cell: (row) => <Points value={row.per_day} /> },
    { id: "month", title: t("members.per_month"), align: "end", cell: (row) => <Points value={row.per_month} /> },
    {
      id: "set",
      title: t("members.set_by"),
      cell: (row) =>
        row.set_at ? (
          <>
            {row.set_by} · <When at={row.set_at} form="day" />
          </>
        ) : (
          t("members.proposed")
        ),
    },
    {
      id: "change",
      title: "",
      cell: (row) => (
        <div className="kit-actions">
          <Button size="small" variant="secondary" onClick={() => setEditing(row)}>
            {t("members.change")}
          </Button>
          {row.email && (
            <Button size="small" variant="secondary" onClick={() => setDropping(row)}>
              {t("members.remove")}
            </Button>
          )}
        </div>
      ),
    },
  ];
  return (
    <Page title={t("members.budgets")} lead={t("members.budgets_lead")}>
      <Section title={t("members.budgets_all")} actions={<Button onClick={() => setEditing("new")}>{t("members.budget_add")}</Button>}>
        <Loaded query={query}>
          {(seen) => <Table label={t("members.budgets")} rows={seen.items} columns={columns} rowKey={(row) => row.email ?? ""} />}
        </Loaded>
      </Section>
      {editing && <Edit line={editing} onClose={() => setEditing(null)} />}
      {dropping && <Drop email={dropping.email ?? ""} onClose={() => setDropping(null)} />}
    </Page>
  );
}

interface Form {
  email: string;
  per_day: number | string | null;
  per_month: number | string | null;
}

function Edit({ line, onClose }: { line: Line | "new"; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const isNew = line === "new";
  const everybody = !isNew && line.email === null;
  const points = whole(0, MOST_POINTS, { none: t("members.needs_points"), more: t("members.too_much") });
  const schema = z
    .object({ email: everybody ? z.string() : z.email(t("members.needs_email")), per_day: points, per_month: points })
    .refine((form) => form.per_day <= form.per_month, { path: ["per_day"], error: t("members.day_above_month") });
  const form = useForm<Form>({
    resolver: checkedBy(schema),
    defaultValues: isNew ? { email: "", per_day: null, per_month: null } : { email: line.email ?? "", per_day: line.per_day, per_month: line.per_month },
  });
  const save = useApiMutation("put", PATH, {
    onSuccess: () => {
      notify("success", t("members.budget_saved"));
      onClose();
    },
  });
  const submit = form.handleSubmit(({ email, per_day, per_month }) =>
    save.mutate({ body: { email: everybody ? null : email, per_day: Number(per_day), per_month: Number(per_month) } }),
  );
  return (
    <ConfirmDialog
      title={t(isNew ? "members.budget_add" : "members.budget_change")}
      confirm={t("members.save")}
      busy={save.isPending}
      error={save.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      {everybody ? (
        <p>{t("members.everybody_else_text")}</p>
      ) : (
        <FieldText control={form.control} name="email" type="email" label={t("members.agent_email")} hint={t("members.agent_email_hint")} disabled={!isNew} />
      )}
      <div className="kit-fields">
        <FieldNumber control={form.control} name="per_day" label={t("members.per_day")} hint={t("members.per_day_hint")} />
        <FieldNumber control={form.control} name="per_month" label={t("members.per_month")} />
      </div>
    </ConfirmDialog>
  );
}

function Drop({ email, onClose }: { email: string; onClose: () => void }) {
  const t = useT();
  const drop = useApiMutation("delete", PATH, { onSuccess: onClose });
  return (
    <ConfirmDialog
      title={t("members.budget_remove")}
      confirm={t("members.remove")}
      destructive
      busy={drop.isPending}
      error={drop.error}
      onClose={onClose}
      onConfirm={() => drop.mutate({ params: { query: { email } } })}
    >
      <p>{t("members.budget_remove_text", { email })}</p>
    </ConfirmDialog>
  );
}
