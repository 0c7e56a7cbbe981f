import { useState } from "react";

import { useApiMutation, useApiPages, useApiQuery, type components } from "@/api";
import { Badge, Button, CursorTable, Empty, Section, useFailureWords, useNotify, useStaff, useT, When, type Column, type Tone } from "@/kit";
import { Link } from "react-router";

import { Filter } from "../Filter";
import { useZone } from "../zone";

type Line = components["schemas"]["SentMessage"];
const PATH = "/api/dashboard/v1/messages/log";
const STATES = ["waiting", "sent", "skipped", "failed"] as const;
const TONES: Readonly<Record<Line["state"], Tone>> = { waiting: "info", sent: "success", skipped: "neutral", failed: "error" };

/** What was sent, waits, or was not sent, and why. */
export function Log() {
  const t = useT();
  const staff = useStaff();
  const zone = useZone();
  const [state, setState] = useState("");
  const [channel, setChannel] = useState("");
  const [kind, setKind] = useState("");
  const kinds = useApiQuery("/api/dashboard/v1/messages/kinds");
  const query = {
    ...(state === "" ? {} : { state }),
    ...(channel === "" ? {} : { channel }),
    ...(kind === "" ? {} : { kind: kind as "welcome" }),
  };
  const pages = useApiPages(PATH, { params: { query } });
  const toMember = staff.mayAny("MANAGE_USERS", "MANAGE_ORDERS");
  const columns: Column<Line>[] = [
    { id: "at", title: t("messages.log_at"), cell: (row) => <When at={row.created_at} zone={zone} /> },
    { id: "kind", title: t("messages.log_kind"), cell: (row) => row.kind_name },
    {
      id: "member",
      title: t("messages.log_member"),
      cell: (row) =>
        toMember ? (
          <Link className="kit-link" to={`/members/${row.member}`}>
            {row.member}
          </Link>
        ) : (
          row.member
        ),
    },
    { id: "channel", title: t("messages.log_channel"), cell: (row) => t(`messages.channel.${row.channel}`) },
    { id: "state", title: t("messages.log_state"), cell: (row) => <Badge tone={TONES[row.state]}>{t(`messages.state.${row.state}`)}</Badge> },
    { id: "why", title: t("messages.log_why"), cell: (row) => <Why line={row} zone={zone} /> },
    { id: "again", title: "", align: "end", cell: (row) => row.repeatable && <Again line={row} /> },
  ];
  return (
    <Section title={t("messages.list.log")} hint={t("messages.log_hint")}>
      <div className="kit-fields">
        <Filter label={t("messages.log_state")} all={t("messages.all")} value={state} onChange={setState} choices={STATES.map((value) => ({ value, label: t(`messages.state.${value}`) }))} />
        <Filter
          label={t("messages.log_channel")}
          all={t("messages.all")}
          value={channel}
          onChange={setChannel}
          choices={(["email", "sms"] as const).map((value) => ({ value, label: t(`messages.channel.${value}`) }))}
        />
        <Filter
          label={t("messages.log_kind")}
          all={t("messages.all")}
          value={kind}
          onChange={setKind}
          choices={(kinds.data?.items ?? []).map((one) => ({ value: one.kind, label: one.name }))}
        />
      </div>
      <CursorTable
        label={t("messages.list.log")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t(state || channel || kind ? "messages.log_none" : "messages.log_empty")}>{t("messages.log_empty_text")}</Empty>}
      />
    </Section>
  );
}

function Why({ line, zone }: { line: Line; zone: string | undefined }) {
  const t = useT();
  return (
    <>
      {line.why_text}
      {line.answer !== "" && (
        <div>
          <code className="settings-word">{line.answer}</code>
        </div>
      )}
      {line.next_try_at !== null && line.attempts > 0 && (
        <div className="kit-soft kit-small">
          {t("messages.next_try")} <When at={line.next_try_at} zone={zone} />
        </div>
      )}
    </>
  );
}

/** Sends once more what failed: after the server or the address was mended. */
function Again({ line }: { line: Line }) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const again = useApiMutation("post", "/api/dashboard/v1/messages/log/{message}/replay", {
    invalidates: [PATH],
    onSuccess: () => notify("success", t("messages.again_done"), t("messages.again_text")),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  return (
    <Button size="small" variant="secondary" disabled={again.isPending} onClick={() => again.mutate({ params: { path: { message: line.id } } })}>
      {t("messages.again")}
    </Button>
  );
}
