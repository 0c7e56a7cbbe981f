import { useApiQuery, type components } from "@/api";
import { Badge, Empty, Loaded, Table, useT, When, type Column } from "@/kit";

import { MailStop } from "./MailStop";

type Text = components["schemas"]["RecordedText"];
type Channel = components["schemas"]["ChannelState"];

/** What a member agreed to, with its proof. */
export function Consents({ id }: { id: string }) {
  const t = useT();
  const query = useApiQuery("/api/dashboard/v1/members/{member}/consents", { params: { path: { member: id } } });
  const proof: Column<Channel | Text>[] = [
    { id: "source", title: t("members.source"), cell: (row) => (row.source ? <code>{row.source}</code> : "–") },
    { id: "version", title: t("members.version"), cell: (row) => ("text_version" in row ? row.text_version : row.version) || "–" },
    { id: "at", title: t("members.at"), cell: (row) => (row.at ? <When at={row.at} /> : "–") },
  ];
  const channels: Column<Channel>[] = [
    { id: "channel", title: t("members.channel"), cell: (row) => t(`members.channel.${row.channel}`) },
    {
      id: "granted",
      title: t("members.stands"),
      cell: (row) => <Badge tone={row.granted ? "success" : "neutral"}>{t(row.granted ? "members.agreed" : "members.not_agreed")}</Badge>,
    },
    ...proof,
  ];
  const texts: Column<Text>[] = [{ id: "kind", title: t("members.text"), cell: (row) => t(`members.text.${row.kind}`) }, ...proof];
  return (
    <Loaded query={query}>
      {(seen) => (
        <>
          <MailStop id={id} />
          <h3>{t("members.offers")}</h3>
          <Table label={t("members.offers")} rows={seen.channels} columns={channels} rowKey={(row) => row.channel} />
          {seen.phone && <p className="kit-soft">{t("members.phone", { phone: seen.phone })}</p>}
          <h3>{t("members.texts")}</h3>
          {seen.texts.length === 0 ? (
            <Empty title={t("members.no_texts")}>{t("members.no_texts_text")}</Empty>
          ) : (
            <Table label={t("members.texts")} rows={seen.texts} columns={texts} rowKey={(row) => `${row.kind} ${row.version} ${row.at}`} />
          )}
          {seen.history.length > 0 && (
            <>
              <h3>{t("members.consent_history")}</h3>
              <Table label={t("members.consent_history")} rows={seen.history} columns={channels} rowKey={(row) => `${row.channel} ${row.at} ${row.granted}`} />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}
