import type { components } from "@/api";
import { Points, Terms, useT } from "@/kit";

type Balance = components["schemas"]["UnitBalance"];

/** What goes over or is lost, unit by unit. */
export function WhatMoves(props: { balances: readonly Balance[]; more: readonly { name: string; value: number }[] }) {
  const t = useT();
  const kinds = ["available", "pending", "held", "debt"] as const;
  const items = props.balances.flatMap((held) =>
    kinds
      .filter((kind) => held[kind] > 0)
      .map((kind) => ({ name: held.unit === "status" ? t("members.status_points") : t(`members.${kind}`), value: <Points value={held[kind]} /> })),
  );
  const counts = props.more.filter((one) => one.value > 0).map((one) => ({ name: one.name, value: <Points value={one.value} /> }));
  const all = [...items, ...counts];
  return all.length === 0 ? <p className="kit-soft">{t("members.nothing_moves")}</p> : <Terms items={all} />;
}
