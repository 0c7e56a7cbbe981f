import { useState } from "react";
import { useParams } from "react-router";

import { useApiMutation, useApiPages, useApiQuery, type components } from "@/api";
import { Badge, Button, ButtonLink, CursorTable, Empty, Section, useFailureWords, useNotify, useT, When, type Column, type Tone } from "@/kit";

import { Filter } from "../Filter";
import { useZone } from "../zone";

type Line = components["schemas"]["PartnerEvent"];
const PATH = "/api/dashboard/v1/messages/webhooks/{hook}/deliveries";
const STATES = ["waiting", "sent", "failed"] as const;
const TONES: Readonly<Record<Line["state"], Tone>> = { waiting: "info", sent: "success", failed: "error" };

/** What was sent to a webhook, and what it answered. */
export function Deliveries() {
  const t = useT();
  const zone = useZone();
  const { hook = "" } = useParams();
  const [state, setState] = useState("");
  const hooks = useApiQuery("/api/dashboard/v1/messages/webhooks");
  const known = hooks.data?.items.find((one) => one.id === hook);
  const pages = useApiPages(PATH, { params: { path: { hook }, query: state === "" ? {} : { state } } });
  const columns: Column<Line>[] = [
    { id: "at", title: t("webhooks.at"), cell: (row) => <When at={row.created_at} zone={zone} /> },
    { id: "event", title: t("webhooks.event"), cell: (row) => <Event line={row} /> },
    { id: "state", title: t("webhooks.state"), cell: (row) => <Badge tone={TONES[row.state]}>{t(`webhooks.state.${row.state}`)}</Badge> },
    { id: "answer", title: t("webhooks.answer"), cell: (row) => <Answer line={row} zone={zone} /> },
    { id: "replay", title: "", align: "end", cell: (row) => row.state !== "waiting" && <Replay hook={hook} line={row} /> },
  ];
  return (
    <Section
      title={t("webhooks.log")}
      hint={known?.url}
      actions={
        <>
          <Button variant="secondary" size="small" disabled={pages.isFetching} onClick={() => void pages.refetch()}>
            {t("webhooks.look_again")}
          </Button>
          <ButtonLink to="/settings/webhooks" variant="secondary" size="small">
            {t("webhooks.back")}
          </ButtonLink>
        </>
      }
    >
      <div className="settings-narrow">
        <Filter label={t("webhooks.state")} all={t("webhooks.every_state")} value={state} onChange={setState} choices={STATES.map((value) => ({ value, label: t(`webhooks.state.${value}`) }))} />
      </div>
      <CursorTable
        label={t("webhooks.log")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t("webhooks.log_empty")}>{t("webhooks.log_empty_text")}</Empty>}
      />
    </Section>
  );
}

function Event({ line }: { line: Line }) {
  const t = useT();
  return (
    <>
      {line.event}
      <details>
        <summary className="kit-hint">{t("webhooks.show_body")}</summary>
        <pre className="settings-plain">{line.body}</pre>
        <div className="kit-hint settings-word">webhook-id: {line.event_id}</div>
      </details>
    </>
  );
}

function Answer({ line, zone }: { line: Line; zone: string | undefined }) {
  const t = useT();
  return (
    <>
      {line.status > 0 ? t("webhooks.status", { status: line.status, attempts: line.attempts }) : t("webhooks.attempts", { attempts: line.attempts })}
      {line.answer !== "" && (
        <div>
          <code className="settings-word">{line.answer}</code>
        </div>
      )}
      {line.next_try_at !== null && (
        <div className="kit-hint">
          {t("webhooks.next_try")} <When at={line.next_try_at} zone={zone} />
        </div>
      )}
    </>
  );
}

function Replay({ hook, line }: { hook: string; line: Line }) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const replay = useApiMutation("post", `${PATH}/{delivery}/replay`, {
    invalidates: [PATH],
    onSuccess: () => notify("success", t("webhooks.replayed")),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  return (
    <Button size="small" variant="secondary" disabled={replay.isPending} onClick={() => replay.mutate({ params: { path: { hook, delivery: line.id } } })}>
      {t("webhooks.replay")}
    </Button>
  );
}
