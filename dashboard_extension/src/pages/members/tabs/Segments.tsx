import { useApiQuery, type components } from "@/api";
import { Badge, Empty, Loaded, Table, useT, When, type Column } from "@/kit";
import { Reasons } from "@/pages/segments/Reasons";

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
        <div className="members-segment" data-member-segment={row.id} data-in={row.since !== null}>
          <strong>{row.name}</strong>
          <p className="kit-soft kit-small">{row.told}</p>
        </div>
      ),
    },
    {
      id: "in",
      title: t("members.segment_in"),
      cell: (row) =>
        row.since === null ? (
          <Badge>{t(row.fits ? "members.segment_soon" : "members.segment_out")}</Badge>
        ) : (
          <div className="members-segment">
            <Badge tone="success">
              {t("members.segment_since")} <When at={row.since} form="day" />
            </Badge>
            {row.came_in !== "" && (
              <p className="kit-soft kit-small" data-came-in>
                {row.came_in}
              </p>
            )}
          </div>
        ),
    },
    {
      id: "why",
      title: t("members.segment_why"),
      cell: (row) =>
        row.why.length === 0 ? (
          t("members.segment_no_part")
        ) : (
          <Reasons reasons={row.why} holds={t("members.segment_holds")} holdsNot={t("members.segment_holds_not")} />
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
