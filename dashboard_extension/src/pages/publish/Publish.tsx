import { Button, Empty, FailureOf, Loaded, Notice, Page, Section, Terms, useT, When } from "@/kit";
import { Link, useNavigate } from "react-router";

import { useApiQuery, type Answer } from "@/api";
import type { Json } from "@/pages/program/json";
import { startOf } from "@/pages/program/start";
import { useBoard } from "@/pages/tiers/board";
import { Sweep } from "@/pages/tiers/Numbers";
import { WhoMoves } from "@/pages/tiers/WhoMoves";
import "@/pages/tiers/tiers.css";

import { Backfill } from "./Backfill";
import { Deeds, SegmentMoves } from "./Beside";
import { Cost } from "./Cost";
import { Coming } from "./Coming";
import { History } from "./History";
import { PublishDraft } from "./PublishDraft";
import { placeOf } from "./where";
import "./publish.css";

export type Seen = Answer<"/api/dashboard/v1/publishing">;

/** From draft to program: what changes, what it costs, when it begins, and what was before. */
export function Publish() {
  const t = useT();
  const page = useApiQuery("/api/dashboard/v1/publishing");
  return (
    <Page title={t("publish.title")} lead={t("publish.lead")}>
      <Loaded query={page} lines={10}>
        {(seen) => (
          <>
            {!seen.may_change && <Notice tone="info">{t("publish.read_only")}</Notice>}
            <InForce seen={seen} />
            <Draft seen={seen} />
            {seen.scheduled.length > 0 && <Coming seen={seen} />}
            {seen.draft?.digest && seen.may_change && <WhoMoves quiet />}
            {seen.draft?.digest && seen.may_change && <SegmentMoves />}
            {seen.draft?.digest && <Cost mayChange={seen.may_change} />}
            {seen.draft?.digest && seen.may_change && <Deeds />}
            <Backfill seen={seen} />
            <History seen={seen} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function InForce(props: { seen: Seen }) {
  const t = useT();
  const { in_force: live, went_live_at: began } = props.seen;
  const board = useBoard();
  if (live === null) return <Notice tone="info">{t("publish.nothing_live")}</Notice>;
  return (
    <Section title={t("publish.in_force")}>
      <Terms
        items={[
          { name: t("publish.program"), value: `${live.name} · ${t("publish.revision", { number: live.number })}` },
          { name: t("publish.since"), value: <When at={live.effective_from} /> },
          ...(began === null ? [] : [{ name: t("publish.cut_over"), value: <When at={began} /> }]),
          ...(live.note === "" ? [] : [{ name: t("publish.note"), value: live.note }]),
        ]}
      />
      <FailureOf query={board} />
      <Sweep sweep={board.data?.sweep ?? null} />
    </Section>
  );
}

function Draft(props: { seen: Seen }) {
  const t = useT();
  const navigate = useNavigate();
  const { draft } = props.seen;
  const edit = (
    <Button type="button" variant="secondary" onClick={() => void navigate("/program")}>
      {t(props.seen.may_change ? "publish.edit" : "publish.look")}
    </Button>
  );
  if (draft === null) {
    return (
      <Section title={t("publish.draft")}>
        <Empty title={t("publish.no_draft")} action={edit}>
          {t("publish.no_draft_text")}
        </Empty>
      </Section>
    );
  }
  const errors = draft.problems.filter((one) => one.severity === "error");
  const warnings = draft.problems.filter((one) => one.severity !== "error");
  const same = draft.digest !== null && draft.changes.length === 0;
  return (
    <Section title={t("publish.draft")} hint={<SavedBy seen={props.seen} />} actions={edit}>
      {errors.length > 0 && (
        <Notice tone="error" live>
          <p>{t("publish.has_errors")}</p>
          <ul className="publish-list">
            {errors.map((one) => (
              <li key={one.path + one.code}>
                <Where path={one.path} /> {one.text}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {warnings.map((one) => (
        <Notice key={one.path + one.code} tone="warning">
          <Where path={one.path} /> {one.text}
        </Notice>
      ))}
      {same ? (
        <p>{t(draft.scheduled ? "publish.scheduled_already" : "publish.no_changes")}</p>
      ) : (
        draft.changes.length > 0 && (
          <>
            <h3>{t(props.seen.in_force === null ? "publish.first_changes" : "publish.changes")}</h3>
            <ul className="publish-list" data-changes={draft.changes.length}>
              {draft.changes.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </>
        )
      )}
      {props.seen.may_change && draft.publishable && draft.digest !== null && !same && !draft.scheduled && <PublishDraft seen={props.seen} digest={draft.digest} />}
      {draft.scheduled && !same && <p className="kit-soft">{t("publish.scheduled_already")}</p>}
    </Section>
  );
}

/** The page on which a problem is mended, and its place in the document. */
function Where(props: { path: string }) {
  const t = useT();
  const program = useApiQuery("/api/dashboard/v1/program");
  if (props.path === "") return null;
  const place = placeOf(props.path, (program.data === undefined ? {} : startOf(program.data)) as Json);
  return (
    <>
      <Link to={place.to}>{t(`shell.nav.${place.area}`)}</Link>: <code>{props.path}</code>
    </>
  );
}

function SavedBy(props: { seen: Seen }) {
  const t = useT();
  const { draft, timezone } = props.seen;
  if (draft === null) return null;
  const who = draft.by_you ? "you" : draft.updated_by === "app" ? "app" : draft.updated_by === "cli" ? "cli" : "other";
  return (
    <>
      {t(`publish.saved_by.${who}`)} <When at={draft.updated_at} zone={timezone} />
    </>
  );
}
