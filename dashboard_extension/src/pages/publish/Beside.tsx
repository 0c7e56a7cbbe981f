import { Failure, Notice, Points, Section, Skeleton, Table, useT, When } from "@/kit";

import { useApiQuery } from "@/api";

/** Who would come into segments and leave them; nothing where no segment differs. */
export function SegmentMoves() {
  const t = useT();
  const { data, error, refetch } = useApiQuery("/api/dashboard/v1/publishing/segments");
  if (error?.code === "program_invalid" || (!error && !data?.segments.length)) return null;
  return (
    <Section title={t("publish.segments")} hint={t("publish.segments_hint")}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {data?.sample && <Notice tone="info">{t("publish.segments_sample", { looked_at: data.looked_at, total: data.total })}</Notice>}
      {data && (
        <Table
          label={t("publish.segments")}
          rows={data.segments}
          rowKey={(row) => row.id}
          columns={[
            { id: "name", title: t("publish.segment"), cell: (row) => `${row.name} (${t(`publish.segment_${row.changed}`)})` },
            { id: "come", title: t("publish.come"), align: "end", cell: (row) => <Points value={row.come} /> },
            { id: "gone", title: t("publish.gone"), align: "end", cell: (row) => <Points value={row.gone} /> },
            { id: "after", title: t("publish.after"), align: "end", cell: (row) => <Points value={row.after} /> },
          ]}
        />
      )}
    </Section>
  );
}

/** What members did beside ordering, what the draft gives for it, and what is not counted. */
export function Deeds() {
  const t = useT();
  const { data, error, refetch } = useApiQuery("/api/dashboard/v1/publishing/deeds");
  if (error?.code === "program_invalid") return null;
  return (
    <Section title={t("publish.deeds")} hint={t("publish.deeds_hint")}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && !error && <Skeleton lines={2} />}
      {data && (
        <>
          <p className="kit-soft">
            {t("publish.deeds_since")} <When at={data.since} form="day" />
          </p>
          {data.items.length > 0 && (
            <Table
              label={t("publish.deeds")}
              rows={data.items}
              rowKey={(row) => row.what}
              columns={[
                { id: "what", title: t("publish.deed"), cell: (row) => row.what },
                { id: "times", title: t("publish.times"), align: "end", cell: (row) => <Points value={row.times} /> },
                { id: "each", title: t("publish.each"), align: "end", cell: (row) => <Points value={row.each} /> },
                { id: "points", title: t("publish.points"), align: "end", cell: (row) => <Points value={row.points} /> },
              ]}
            />
          )}
          {data.goodwill > 0 && <p>{t("publish.goodwill", { points: data.goodwill })}</p>}
          {data.not_counted.length > 0 && <p className="kit-soft">{t("publish.not_counted", { what: data.not_counted.join(" ") })}</p>}
        </>
      )}
    </Section>
  );
}
