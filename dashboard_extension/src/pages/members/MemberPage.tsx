import { useState, type ReactNode } from "react";
import { Link, useParams, useSearchParams } from "react-router";

import { useApiQuery, type components } from "@/api";
import { Button, FailureOf, Loaded, Notice, Page, Points, Section, Terms, useDownload, useLanguageName, useStaff, useT, When } from "@/kit";

import { ClaimOrder } from "./dialogs/ClaimOrder";
import { Blocks } from "./dialogs/Blocks";
import { Erase } from "./dialogs/Erase";
import { Merge } from "./dialogs/Merge";
import { MovePoints } from "./dialogs/MovePoints";
import { Redeem } from "./dialogs/Redeem";
import { Standings } from "./dialogs/Standings";
import { Holdings } from "./Holdings";
import { Standing, useNameOf } from "./Standing";
import { Tabs } from "./Tabs";
import { Tags } from "./Tags";
import { Tier } from "./Tier";
import { Bonuses } from "./tabs/Bonuses";
import { ByHand } from "./tabs/ByHand";
import { Consents } from "./tabs/Consents";
import { Lots } from "./tabs/Lots";
import { Notes } from "./tabs/Notes";
import { Redemptions } from "./tabs/Redemptions";
import { Segments } from "./tabs/Segments";
import { Statement, unitOf } from "./tabs/Statement";

export type Member = components["schemas"]["MemberDetail"];
type Term = { name: string; value: ReactNode };
type Open = "points" | "redeem" | "claim" | "blocks" | "standing" | "merge" | "erase";

/** One member: what they have, why, and what can be done for them. */
export function MemberPage() {
  const { id = "" } = useParams();
  const t = useT();
  const member = useApiQuery("/api/dashboard/v1/members/{member}", { params: { path: { member: id } } });
  const nameOf = useNameOf();
  return member.data ? (
    <Seen key={id} member={member.data} title={nameOf(member.data)} failure={<FailureOf query={member} />} />
  ) : (
    <Page title={t("members.member")}>
      <Loaded query={member} lines={8}>
        {() => null}
      </Loaded>
    </Page>
  );
}

function Seen({ member, title, failure }: { member: Member; title: string; failure: ReactNode }) {
  const t = useT();
  const staff = useStaff();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const gone = member.state === "erased" || member.merged_into !== null;
  const gives = staff.may("MANAGE_USERS") && !gone;
  return (
    <Page
      title={title}
      lead={
        <>
          {t("members.number_is", { id: member.id })} <Standing state={member.state} blocked={member.blocked} />
        </>
      }
      actions={
        !gone && (
          <>
            {staff.may("MANAGE_ORDERS") && member.user_id && (
              <Button variant="secondary" onClick={() => setOpen("redeem")}>
                {t("members.redeem")}
              </Button>
            )}
            <Button variant="secondary" onClick={() => setOpen("claim")}>
              {t("members.claim")}
            </Button>
            {gives && (
              <Button onClick={() => setOpen("points")} disabled={member.is_you}>
                {t("members.move_points")}
              </Button>
            )}
          </>
        )
      }
    >
      {failure}
      <Remarks member={member} />
      <Holdings member={member} />
      {!gone && <Tier member={member} gives={gives && !member.is_you} />}
      {!gone && <Tags id={member.id} gives={gives && !member.is_you} />}
      <History member={member} />
      <Section title={t("members.about")}>
        <About member={member} />
      </Section>
      {gives && <Deeds member={member} open={setOpen} />}
      {open === "points" && <MovePoints member={member} onClose={close} />}
      {open === "redeem" && <Redeem member={member} onClose={close} />}
      {open === "claim" && <ClaimOrder member={member} onClose={close} />}
      {open === "blocks" && <Blocks member={member} onClose={close} />}
      {open === "standing" && <Standings member={member} onClose={close} />}
      {open === "merge" && <Merge member={member} onClose={close} />}
      {open === "erase" && <Erase member={member} onClose={close} />}
    </Page>
  );
}

function Remarks({ member }: { member: Member }) {
  const t = useT();
  return (
    <>
      {member.merged_into && (
        <Notice tone="info">
          {t("members.became")}{" "}
          <Link className="kit-link" to={`/members/${member.merged_into}`}>
            {t("members.number_is", { id: member.merged_into })}
          </Link>
        </Notice>
      )}
      {member.is_you && <Notice tone="warning">{t("members.is_you")}</Notice>}
      {member.blocked.length > 0 && member.block_note && (
        <Notice tone="error">
          <strong>{t("members.why_blocked")}</strong>
          <p className="members-text">{member.block_note.text}</p>
          <p className="kit-small">
            {member.block_note.by} · <When at={member.block_note.at} />
          </p>
        </Notice>
      )}
      {member.spending_rests_until && (
        <Notice tone="warning">
          {t("members.spending_rests")} <When at={member.spending_rests_until} />
        </Notice>
      )}
    </>
  );
}

function History({ member }: { member: Member }) {
  const t = useT();
  const [params, setParams] = useSearchParams();
  const id = member.id;
  const tabs = [
    {
      id: "statement",
      label: t("members.tab.statement"),
      content: () => (
        <Statement
          id={id}
          unit={unitOf(params.get("unit"))}
          choose={member.balances.some((held) => held.unit === "status") ? (unit) => setParams({ tab: "statement", unit }, { replace: true }) : null}
        />
      ),
    },
    { id: "lots", label: t("members.tab.lots"), content: () => <Lots id={id} /> },
    { id: "redemptions", label: t("members.tab.redemptions"), content: () => <Redemptions id={id} /> },
    { id: "bonuses", label: t("members.tab.bonuses"), content: () => <Bonuses id={id} /> },
    { id: "segments", label: t("members.tab.segments"), content: () => <Segments id={id} /> },
    { id: "by-hand", label: t("members.tab.by_hand"), content: () => <ByHand id={id} /> },
    { id: "notes", label: t("members.tab.notes"), content: () => <Notes id={id} closed={member.state === "erased"} /> },
    { id: "consents", label: t("members.tab.consents"), content: () => <Consents id={id} /> },
  ];
  return (
    <Section title={t("members.history")}>
      <Tabs
        label={t("members.history")}
        tabs={tabs}
        chosen={params.get("tab") ?? "statement"}
        choose={(tab) => setParams({ tab }, { replace: true })}
      />
    </Section>
  );
}

function About({ member }: { member: Member }) {
  const t = useT();
  const called = useLanguageName();
  const items: (Term | false | "" | null)[] = [
    member.email && { name: t("members.email"), value: `${member.email}${member.confirmed ? "" : ` (${t("members.unconfirmed")})`}` },
    member.language && { name: t("members.language"), value: called(member.language) },
    member.joined_at && { name: t("members.joined"), value: <When at={member.joined_at} form="day" /> },
    { name: t("members.seen_first"), value: <When at={member.created_at} form="day" /> },
    member.paused_at && { name: t("members.paused_since"), value: <When at={member.paused_at} form="day" /> },
    member.left_at && { name: t("members.left_on"), value: <When at={member.left_at} form="day" /> },
    member.collected_before > 0 && { name: t("members.collected_before"), value: <Points value={member.collected_before} /> },
    member.hold_out && { name: t("members.hold_out"), value: t("members.hold_out_text") },
    member.merged.length > 0 && {
      name: t("members.was"),
      value: member.merged.map((one) => (
        <Link key={one} className="kit-link" to={`/members/${one}`}>
          {t("members.number_is", { id: one })}{" "}
        </Link>
      )),
    },
  ];
  return <Terms items={items.filter((one): one is Term => Boolean(one))} />;
}

function Deeds(props: { member: Member; open: (which: Open) => void }) {
  const t = useT();
  const { member, open } = props;
  const { download, busy } = useDownload();
  return (
    <Section title={t("members.deeds")} hint={t("members.deeds_hint")}>
      <div className="kit-actions">
        <Button variant="secondary" onClick={() => open("blocks")}>
          {t("members.blocks")}
        </Button>
        {member.user_id && (
          <Button variant="secondary" onClick={() => open("standing")}>
            {t("members.standing")}
          </Button>
        )}
        <Button variant="secondary" onClick={() => open("merge")}>
          {t("members.merge")}
        </Button>
        <Button variant="secondary" disabled={busy} onClick={() => void download(`/api/dashboard/v1/members/${member.id}/export`)}>
          {t("members.export")}
        </Button>
        <Button variant="error" onClick={() => open("erase")}>
          {t("members.erase")}
        </Button>
      </div>
    </Section>
  );
}
