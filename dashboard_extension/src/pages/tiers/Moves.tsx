import { CursorTable, Empty, Section, useT, When, type Column } from "@/kit";
import { Link } from "react-router";

import { useApiPages, type Answer } from "@/api";

type Move = Answer<"/api/dashboard/v1/tiers/moves">["items"][number];

/** Who moved lately, and why. */
export function Moves() {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/tiers/moves", {}, { first: 10 });
  const columns: Column<Move>[] = [
    { id: "member", title: t("tiers.member"), cell: (one) => <MemberLink member={one.member} name={one.name} /> },
    { id: "from", title: t("tiers.from"), cell: (one) => one.from_name },
    { id: "to", title: t("tiers.to"), cell: (one) => one.to_name },
    { id: "why", title: t("tiers.why"), cell: (one) => (one.by ? t("tiers.why_by", { why: one.why_text, by: one.by }) : one.why_text) },
    { id: "at", title: t("tiers.at"), cell: (one) => <When at={one.at} /> },
  ];
  return (
    <Section title={t("tiers.moves")}>
      <CursorTable
        label={t("tiers.moves")}
        pages={pages}
        columns={columns}
        rowKey={(one) => `${one.member} ${one.at} ${one.from_tier} ${one.to_tier}`}
        empty={<Empty title={t("tiers.no_moves")}>{t("tiers.no_moves_text")}</Empty>}
      />
    </Section>
  );
}

/** A member by name; a guest by the number. */
export function MemberLink(props: { member: string; name: string }) {
  const t = useT();
  return (
    <Link className="kit-link" to={`/members/${props.member}`}>
      {props.name || t("tiers.guest", { id: props.member })}
    </Link>
  );
}
