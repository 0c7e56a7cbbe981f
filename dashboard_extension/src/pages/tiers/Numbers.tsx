import { FailureOf, Figures, Notice, Points, Progress, Section, Skeleton, useT } from "@/kit";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";

import type { Board } from "./board";

/** How many members hold each level that is in force, and how far a change has come. */
export function Numbers(props: { board: UseQueryResult<Board> }) {
  const t = useT();
  const { board } = props;
  if (board.data === undefined) return board.error ? <FailureOf query={board} /> : <Skeleton lines={3} />;
  const { data } = board;
  if (!data.enabled) return <Notice tone="info">{t("tiers.off_now")}</Notice>;
  return (
    <Section title={t("tiers.now")} hint={t("tiers.now_hint", { days: data.days })}>
      <FailureOf query={board} />
      <Sweep sweep={data.sweep ?? null} />
      <Figures
        items={[
          { name: "none", label: t("tiers.without"), value: <Points value={data.without} /> },
          ...data.levels.map((one) => ({
            name: one.id,
            label: one.name,
            value: (
              <>
                <Link className="tiers-count" to={`/tiers/${one.id}`} aria-label={t("tiers.members_of", { count: one.members, name: one.name })}>
                  <Points value={one.members} />
                </Link>
                <span className="tiers-flow">{t("tiers.flow", { came: one.came, went: one.went })}</span>
              </>
            ),
          })),
        ]}
      />
    </Section>
  );
}

/** How far members were looked at under changed tiers. */
export function Sweep(props: { sweep: Board["sweep"] | null }) {
  const t = useT();
  if (!props.sweep?.running) return null;
  return (
    <div data-sweep={props.sweep.done}>
      <Progress label={t("tiers.sweeping")} done={props.sweep.done} total={props.sweep.total} />
    </div>
  );
}
