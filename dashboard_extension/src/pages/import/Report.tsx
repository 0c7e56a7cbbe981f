import { Button, Figures as Large, Money, Points, Table, Terms, useDownload, useT, type Column } from "@/kit";

import { PATH, peopleIn, type Figures, type MemberImport } from "./shapes";

type Problem = Figures["problems"][number];

/** What a file would bring, or brought: rows, points, people, and what is wrong. */
export function Report({ found, figures, booked }: { found: MemberImport; figures: Figures; booked: boolean }) {
  const t = useT();
  const { download, busy } = useDownload();
  const columns: Column<Problem>[] = [
    { id: "what", title: t("import.what"), cell: (one) => t(`import.row_state.${one.state}`) },
    { id: "why", title: t("import.why"), cell: (one) => one.text },
    { id: "rows", title: t("import.rows"), align: "end", cell: (one) => <Points value={one.rows} /> },
  ];
  const optional = [
    ["fetched", figures.fetched],
    ["guests", figures.guests],
    ["new", figures.new],
    ["consents_email", figures.consents_email],
    ["consents_sms", figures.consents_sms],
    ["waiting", figures.consents_waiting],
    ["lifetimes", figures.lifetimes],
    ["left", figures.left],
  ] as const;
  return (
    <>
      <Large
        items={[
          { label: t(booked ? "import.booked_rows" : "import.ready_rows"), value: <Points value={figures.bring} />, name: "bring" },
          { label: t("import.points"), value: <Points value={figures.points} />, name: "points" },
          { label: t("import.people"), value: <Points value={peopleIn(figures)} />, name: "people" },
          { label: t("import.there_rows"), value: <Points value={figures.there} />, name: "there" },
          { label: t("import.bad_rows"), value: <Points value={figures.bad} />, name: "bad" },
        ]}
      />
      <Terms
        items={[
          ...figures.by_currency.map((one) => ({
            name: t("import.of_place", { place: [one.channel, one.currency].filter(Boolean).join(" · ") || t("import.no_currency") }),
            value: <Points value={one.points} />,
          })),
          ...figures.liability.map((one) => ({ name: t("import.liability", { currency: one.currency }), value: <Money {...one} /> })),
          ...(figures.unvalued > 0 ? [{ name: t("import.unvalued"), value: <Points value={figures.unvalued} /> }] : []),
          { name: t("import.count.members"), value: <Points value={figures.members} /> },
          ...optional.filter(([, number]) => number > 0).map(([name, number]) => ({ name: t(`import.count.${name}`), value: <Points value={number} /> })),
        ]}
      />
      {figures.problems.length > 0 && (
        <>
          <Table label={t("import.problems")} rows={figures.problems} columns={columns} rowKey={(one) => `${one.state}:${one.code}`} />
          {found.rows_kept_until !== null && (
            <div className="kit-actions">
              <Button variant="secondary" disabled={busy} onClick={() => void download(`${PATH}/${String(found.id)}/report.csv`)} data-import="report">
                {t("import.report")}
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}
