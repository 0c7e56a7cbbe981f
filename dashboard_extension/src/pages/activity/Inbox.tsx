import { useForm, useWatch } from "react-hook-form";

import { useApiPages, type components } from "@/api";
import { Badge, CursorTable, Empty, FieldText, Section, useT, When, type Column } from "@/kit";

type Arrived = components["schemas"]["ArrivedWebhook"];

/** The webhooks that Saleor sent and the app took. */
export function Inbox() {
  const t = useT();
  const form = useForm<{ event: string }>({ defaultValues: { event: "" } });
  const event = useWatch({ control: form.control, name: "event" }).trim();
  const pages = useApiPages("/api/dashboard/v1/activity/inbox", { params: { query: event === "" ? {} : { event } } });
  const columns: Column<Arrived>[] = [
    { id: "at", title: t("activity.at"), cell: (row) => <When at={row.received_at} /> },
    { id: "event", title: t("activity.event"), cell: (row) => <code className="activity-code">{row.event}</code> },
    { id: "handler", title: t("activity.handler"), cell: (row) => <code className="activity-code">{row.handler}</code> },
    { id: "kept", title: t("activity.body"), cell: (row) => <Badge>{t(row.kept ? "activity.body_kept" : "activity.body_gone")}</Badge> },
  ];
  return (
    <Section title={t("activity.tab.inbox")} hint={t("activity.inbox_hint")}>
      <form className="kit-fields" role="search" onSubmit={(sent) => sent.preventDefault()}>
        <FieldText control={form.control} name="event" type="search" label={t("activity.event")} placeholder="OrderUpdated" maxLength={100} />
      </form>
      <CursorTable
        label={t("activity.tab.inbox")}
        pages={pages}
        columns={columns}
        rowKey={(row) => `${row.received_at} ${row.event} ${row.handler}`}
        empty={<Empty title={t("activity.no_inbox")}>{t("activity.no_inbox_text")}</Empty>}
      />
    </Section>
  );
}
