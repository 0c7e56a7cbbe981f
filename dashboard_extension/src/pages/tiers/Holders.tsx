import { Badge, ButtonLink, CursorTable, Empty, FailureOf, Notice, Page, Section, useStaff, useT, When, type Column } from "@/kit";
import { useParams } from "react-router";

import { useApiPages, useApiQuery, type Answer } from "@/api";

import { MemberLink } from "./Moves";
import "./tiers.css";

type Holder = Answer<"/api/dashboard/v1/tiers/{tier}/members">["items"][number];

/** The members of one level. */
export function Holders() {
  const { tier = "" } = useParams();
  const t = useT();
  const staff = useStaff();
  const board = useApiQuery("/api/dashboard/v1/tiers");
  const level = board.data?.levels.find((one) => one.id === tier);
  return (
    <Page
      title={level?.name ?? tier}
      lead={level === undefined ? t("tiers.title") : level.told}
      actions={
        <ButtonLink variant="secondary" to="/tiers">
          {t("tiers.back")}
        </ButtonLink>
      }
    >
      <FailureOf query={board} />
      {staff.mayAny("MANAGE_USERS", "MANAGE_ORDERS") ? <List key={tier} tier={tier} /> : <Notice tone="info">{t("tiers.not_members")}</Notice>}
    </Page>
  );
}

function List(props: { tier: string }) {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/tiers/{tier}/members", { params: { path: { tier: props.tier } } });
  const columns: Column<Holder>[] = [
    { id: "member", title: t("tiers.member"), cell: (one) => <MemberLink member={one.member} name={one.name} /> },
    { id: "since", title: t("tiers.since"), cell: (one) => <When at={one.since} form="day" /> },
    { id: "held", title: t("tiers.held_through"), cell: (one) => (one.held_through ? <When at={one.held_through} /> : t("tiers.no_end")) },
    { id: "grace", title: t("tiers.grace_through"), cell: (one) => (one.grace_through ? <When at={one.grace_through} /> : "–") },
    {
      id: "manual",
      title: t("tiers.by_hand"),
      cell: (one) =>
        one.manual ? (
          <Badge tone="info">
            {t("tiers.by_hand")}
            {one.manual_through && (
              <>
                {" · "}
                <When at={one.manual_through} />
              </>
            )}
          </Badge>
        ) : (
          "–"
        ),
    },
  ];
  return (
    <Section title={t("tiers.holders")}>
      <CursorTable
        label={t("tiers.holders")}
        pages={pages}
        columns={columns}
        rowKey={(one) => one.member}
        empty={<Empty title={t("tiers.no_holders")}>{t("tiers.no_holders_text")}</Empty>}
      />
    </Section>
  );
}
