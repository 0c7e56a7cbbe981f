import { FailureOf, Notice, Points, Section, Skeleton, Table, useT, type Column } from "@/kit";

import { useApiQuery, type Answer } from "@/api";

type Preview = Answer<"/api/dashboard/v1/publishing/tiers">;
type Flow = Preview["at_once"][number];

/** Who would move if the draft that is saved were published now, and what that would cost. */
export function WhoMoves(props: { unsaved?: boolean; quiet?: boolean }) {
  const t = useT();
  const preview = useApiQuery("/api/dashboard/v1/publishing/tiers");
  // A draft with problems cannot be worked out; the page says what is wrong with it.
  if (preview.error?.code === "program_invalid" || preview.error?.code === "no_program_draft") return null;
  if (props.quiet && (preview.data === undefined || !preview.data.changes) && !preview.error) return null;
  return (
    <Section title={t("tiers.who_moves")} hint={t("tiers.who_moves_hint")}>
      <FailureOf query={preview} />
      {preview.data === undefined && !preview.error && <Skeleton lines={2} />}
      {preview.data && <Told preview={preview.data} />}
      {props.unsaved && <p className="kit-hint">{t("tiers.who_moves_saved")}</p>}
    </Section>
  );
}

function Told({ preview }: { preview: Preview }) {
  const t = useT();
  if (!preview.changes) return <p>{t("tiers.nobody_same")}</p>;
  const moving = preview.at_once.reduce((sum, one) => sum + one.members, 0);
  return (
    <div className="kit-stack" data-moving={moving}>
      {preview.sample && <Notice tone="info">{t("tiers.sample", { looked_at: preview.looked_at, total: preview.total })}</Notice>}
      <p>{t(moving === 0 ? "tiers.nobody" : "tiers.moving", { count: moving, total: preview.looked_at })}</p>
      {moving > 0 && <Flows label={t("tiers.at_once")} flows={preview.at_once} />}
      {preview.entry_points > 0 && (
        <p data-entry-points={preview.entry_points}>
          <strong>{t(preview.sample ? "tiers.cost_about" : "tiers.cost", { points: preview.entry_points })}</strong> {t("tiers.cost_hint")}
        </p>
      )}
      {preview.later.length > 0 && (
        <>
          <p>{t("tiers.later_text")}</p>
          <Flows label={t("tiers.later")} flows={preview.later} />
        </>
      )}
    </div>
  );
}

function Flows(props: { label: string; flows: readonly Flow[] }) {
  const t = useT();
  const columns: Column<Flow>[] = [
    { id: "from", title: t("tiers.from"), cell: (one) => one.from_name },
    { id: "to", title: t("tiers.to"), cell: (one) => one.to_name },
    { id: "members", title: t("tiers.how_many"), align: "end", cell: (one) => <Points value={one.members} /> },
  ];
  return <Table label={props.label} rows={props.flows} columns={columns} rowKey={(one) => `${one.from_tier}>${one.to_tier}`} />;
}
