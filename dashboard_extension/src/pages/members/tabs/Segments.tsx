import { useApiQuery, type components } from "@/api";
import { Badge, Empty, Loaded, Table, useT, When, type Column } from "@/kit";

type Standing = components["schemas"]["SegmentStandingLine"];

/** The segments of the program in force: whether the member is in each, and why. */
export function Segments({ id }: { id: string }) {
  const t = useT();
  const query = useApiQuery("/api/dashboard/v1/members/{member}/segments", { params: { path: { member: id } } });
  const columns: Column<Standing>[] = [
    {
      id: "segment",
      title: t("members.segment"),
      cell: (row) => (
        <span data-member-segment={row.id} data-in={row.since !== null}>
          {row.name}
        </span>
      ),
    },
    {
      id: "in",
      title: t("members.segment_in"),
      cell: (row) =>
        row.since === null ? (
          <Badge>{t(row.fits ? "members.segment_soon" : "members.segment_out")}</Badge>
        ) : (
          <Badge tone="success">
            {t("members.segment_since")} <When at={row.since} form="day" />
          </Badge>
        ),
    },
    {
      id: "why",
      title: t("members.segment_why"),
      cell: (row) =>
        row.why.length === 0 ? (
          t("members.segment_no_part")
        ) : (
          <ul>
            {row.why.map((one, at) => (
              <li key={at}>
                <Badge tone={one.holds ? "success" : "neutral"}>{one.number}</Badge> {one.condition}
                <span className="kit-visually-hidden">{t(one.holds ? "members.segment_holds" : "members.segment_holds_not")}</span>
              </li>
            ))}
          </ul>
        ),
    },
  ];
  return (
    <Loaded query={query}>
      {({ segments }) =>
        segments.length === 0 ? (
          <Empty title={t("members.no_segments")}>{t("members.no_segments_text")}</Empty>
        ) : (
          <Table label={t("members.tab.segments")} rows={segments} columns={columns} rowKey={(row) => row.id} />
        )
      }
    </Loaded>
  );
}
