import { Badge, FailureOf, Figures, Money, Notice, Points, Section, Skeleton, Table, useT, When, type Column } from "@/kit";

import { useApiQuery, type Answer } from "@/api";

type Flow = Answer<"/api/dashboard/v1/publishing/segments">["segments"][number];
type DeedsCost = Answer<"/api/dashboard/v1/publishing/deeds">;
type Deed = DeedsCost["items"][number];

const TONES = { new: "success", removed: "warning", changed: "info" } as const;

/** Whether the page tells of this failure already: there is no draft, or it cannot be published. */
const ofDraft = (code: string | undefined) => code === "program_invalid" || code === "no_program_draft";

/** Who would come into segments and leave them; nothing where no segment differs. */
export function SegmentMoves() {
  const t = useT();
  const query = useApiQuery("/api/dashboard/v1/publishing/segments");
  const { data, error } = query;
  if (ofDraft(error?.code) || (!error && !data?.segments.length)) return null;
  return (
    <Section title={t("publish.segments")} hint={t("publish.segments_hint")}>
      <FailureOf query={query} />
      {data?.sample && <Notice tone="info">{t("publish.segments_sample", { looked_at: data.looked_at, total: data.total })}</Notice>}
      {data && (
        <Table
          label={t("publish.segments")}
          rows={data.segments}
          rowKey={(row) => row.id}
          columns={[
            { id: "name", title: t("publish.segment"), cell: (row) => <Named row={row} /> },
            { id: "before", title: t("publish.before"), align: "end", cell: (row) => <Points value={row.before} /> },
            { id: "come", title: t("publish.come"), align: "end", cell: (row) => <Points value={row.come} /> },
            { id: "gone", title: t("publish.gone"), align: "end", cell: (row) => <Points value={row.gone} /> },
            { id: "after", title: t("publish.after"), align: "end", cell: (row) => <Points value={row.after} /> },
          ]}
        />
      )}
    </Section>
  );
}

function Named({ row }: { row: Flow }) {
  const t = useT();
  return (
    <div className="publish-named">
      <span>{row.name}</span>
      <Badge tone={TONES[row.changed]}>{t(`publish.segment_${row.changed}`)}</Badge>
    </div>
  );
}

/** What members did beside ordering, what the draft gives for it, and what is not counted. */
export function Deeds() {
  const t = useT();
  const query = useApiQuery("/api/dashboard/v1/publishing/deeds");
  const { data, error } = query;
  if (ofDraft(error?.code)) return null;
  return (
    <Section title={t("publish.deeds")} hint={t("publish.deeds_hint")}>
      <FailureOf query={query} />
      {data === undefined && !error && <Skeleton lines={2} />}
      {data && (
        <>
          <p className="kit-soft">
            {t("publish.deeds_since")} <When at={data.since} form="day" />
          </p>
          {data.items.length > 0 && <Counted cost={data} />}
          {ofOrdersAlone(data) && <p>{t("publish.no_deeds")}</p>}
          {(data.goodwill > 0 || data.goodwill_before > 0) && <p>{t("publish.goodwill", { points: data.goodwill, before: data.goodwill_before })}</p>}
          {data.not_counted.length > 0 && (
            <>
              <p className="kit-soft">{t("publish.not_counted")}</p>
              <ul className="publish-list kit-soft" data-not-counted={data.not_counted.length}>
                {data.not_counted.map((what, index) => (
                  <li key={`${index} ${what}`}>{what}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Section>
  );
}

/** Whether nothing but orders brings points by the draft. */
function ofOrdersAlone(cost: DeedsCost) {
  return cost.items.length === 0 && cost.not_counted.length === 0 && cost.goodwill === 0;
}

function Counted({ cost }: { cost: DeedsCost }) {
  const t = useT();
  const worth = (name: string, amounts: DeedsCost["worth"]) =>
    amounts.map((one) => ({ label: t(`publish.${name}`, { currency: one.currency }), value: <Money {...one} />, name: `${name}-${one.currency}` }));
  const columns: Column<Deed>[] = [
    { id: "what", title: t("publish.deed"), cell: (row) => row.what },
    { id: "times", title: t("publish.times"), align: "end", cell: (row) => (row.about ? t("publish.about", { count: row.times }) : <Points value={row.times} />) },
    { id: "each", title: t("publish.each"), align: "end", cell: (row) => <Points value={row.each} /> },
    { id: "points", title: t("publish.points"), align: "end", cell: (row) => <Points value={row.points} /> },
  ];
  if (cost.points_before !== null) columns.push({ id: "before", title: t("publish.points_before"), align: "end", cell: (row) => (row.at_once ? "–" : <Points value={row.points_before} />) });
  return (
    <>
      <Figures
        items={[
          { label: t("publish.deeds_points"), value: <Points value={cost.points} />, name: "deeds" },
          ...worth("deeds_worth", cost.worth),
          ...(cost.points_before === null ? [] : [{ label: t("publish.deeds_before"), value: <Points value={cost.points_before} />, name: "deeds-before" }]),
          ...(cost.at_once === 0 ? [] : [{ label: t("publish.deeds_at_once"), value: <Points value={cost.at_once} />, name: "deeds-at-once" }]),
          ...worth("at_once_worth", cost.at_once_worth),
        ]}
      />
      <Table label={t("publish.deeds")} rows={cost.items} rowKey={(row) => row.id} columns={columns} />
    </>
  );
}
