import { Badge, Button, ConfirmDialog, CursorTable, Empty, FailureOf, Notice, Section, Skeleton, useNotify, useT, When, type Column, type Tone } from "@/kit";
import { useState } from "react";

import { useApiMutation, useApiPages, useApiQuery, type Answer } from "@/api";

import type { Seen } from "./Publish";

type Revision = Answer<"/api/dashboard/v1/publishing/revisions">["items"][number];

const TONES: Readonly<Record<Revision["state"], Tone>> = { in_force: "success", scheduled: "info", past: "neutral", canceled: "warning" };

/** All that was ever published, by whom and why; any of it can come back. */
export function History(props: { seen: Seen }) {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/publishing/revisions", {}, { first: 10 });
  const [asked, setAsked] = useState<Revision | null>(null);
  const columns: Column<Revision>[] = [
    { id: "number", title: t("publish.number"), cell: (one) => one.number },
    { id: "state", title: t("publish.state"), cell: (one) => <Badge tone={TONES[one.state]}>{t(`publish.state_of.${one.state}`)}</Badge> },
    { id: "from", title: t("publish.from"), cell: (one) => <When at={one.effective_from} /> },
    {
      id: "by",
      title: t("publish.by"),
      cell: (one) => (
        <>
          {one.by_you ? t("publish.author_you") : one.published_by_name}, <When at={one.published_at} />
        </>
      ),
    },
    { id: "note", title: t("publish.note"), cell: (one) => one.note || "–" },
    {
      id: "back",
      title: "",
      cell: (one) =>
        props.seen.may_change && (one.state === "past" || one.state === "canceled") ? (
          <Button type="button" size="small" variant="secondary" onClick={() => setAsked(one)} data-back={one.number}>
            {t("publish.back_to", { number: one.number })}
          </Button>
        ) : null,
    },
  ];
  return (
    <Section title={t("publish.history")}>
      <CursorTable
        label={t("publish.history")}
        pages={pages}
        columns={columns}
        rowKey={(one) => String(one.number)}
        empty={<Empty title={t("publish.no_history")}>{t("publish.no_history_text")}</Empty>}
      />
      {asked !== null && <RollBack to={asked} close={() => setAsked(null)} />}
    </Section>
  );
}

function RollBack(props: { to: Revision; close: () => void }) {
  const t = useT();
  const notify = useNotify();
  const number = props.to.number;
  const seen = useApiQuery("/api/dashboard/v1/publishing/revisions/{number}", { params: { path: { number } } });
  const back = useApiMutation("post", "/api/dashboard/v1/publishing/revisions/{number}/roll-back", {
    onSuccess: () => {
      notify("success", t("publish.rolled_back"));
      props.close();
    },
  });
  const found = seen.data;
  return (
    <ConfirmDialog
      title={t("publish.back_title", { number })}
      confirm={t("publish.back_to", { number })}
      destructive
      busy={back.isPending}
      unready={!found?.publishable}
      error={back.error}
      onConfirm={() => back.mutate({ params: { path: { number } }, body: { note: t("publish.back_note", { number }) } })}
      onClose={props.close}
    >
      <p>{t("publish.back_text")}</p>
      <FailureOf query={seen} />
      {found === undefined && !seen.error && <Skeleton lines={3} />}
      {found && found.changes.length === 0 && <Notice tone="info">{t("publish.back_same")}</Notice>}
      {found && found.changes.length > 0 && (
        <ul className="publish-list">
          {found.changes.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {found && !found.publishable && <Notice tone="error">{t("publish.back_impossible")}</Notice>}
      {found && !found.publishable && (
        <ul className="publish-list">
          {found.problems.map((one) => (
            <li key={one.path + one.code}>
              <code>{one.path}</code> {one.text}
            </li>
          ))}
        </ul>
      )}
    </ConfirmDialog>
  );
}
