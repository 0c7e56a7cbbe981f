import { Button, CursorTable, Empty, FailureOf, Page, Section, Skeleton, useDownload, useT, When } from "@/kit";
import { Link, useNavigate, useParams } from "react-router";

import { useApiPages, useApiQuery, type Answer } from "@/api";

import { Reasons } from "./Reasons";
import "./segments.css";

type Line = Answer<"/api/dashboard/v1/segments/{segment}/members">["items"][number];

/** The members of one segment in force, and why each is in it. */
export function Members() {
  const t = useT();
  const navigate = useNavigate();
  const { segment = "" } = useParams();
  const board = useApiQuery("/api/dashboard/v1/segments");
  const pages = useApiPages("/api/dashboard/v1/segments/{segment}/members", { params: { path: { segment } } });
  const { download, busy } = useDownload();
  const found = board.data?.segments.find((one) => one.id === segment);
  const title = found?.name ?? segment;
  return (
    <Page
      title={title}
      lead={found?.told}
      actions={
        <>
          <Button variant="secondary" onClick={() => void navigate("/segments")}>
            {t("segments.back")}
          </Button>
          {found !== undefined && (
            <Button
              variant="secondary"
              disabled={busy}
              onClick={() => void download(`/api/dashboard/v1/segments/${encodeURIComponent(segment)}/members.csv`)}
              data-segments="csv"
            >
              {t("segments.csv")}
            </Button>
          )}
        </>
      }
    >
      <FailureOf query={board} />
      {board.data === undefined && !board.error && <Skeleton lines={6} />}
      {board.data !== undefined && found === undefined && <Empty title={t("segments.gone")}>{t("segments.gone_text")}</Empty>}
      {found !== undefined && (
        <Section title={t("segments.members", { count: found.members })} hint={t("segments.members_hint")}>
          <CursorTable<Line>
            label={title}
            pages={pages}
            rowKey={(row) => row.member}
            empty={<Empty title={t("segments.nobody")}>{t("segments.nobody_text")}</Empty>}
            columns={[
              {
                id: "member",
                title: t("segments.member"),
                cell: (row) => <Link className="kit-link" to={`/members/${row.member}`}>{row.name || t("segments.member_number", { number: row.member })}</Link>,
              },
              { id: "since", title: t("segments.since"), cell: (row) => <When at={row.since} form="day" /> },
              { id: "why", title: t("segments.why"), cell: (row) => <Why line={row} /> },
            ]}
          />
        </Section>
      )}
    </Page>
  );
}

/** Each condition, what the member has now, and whether it holds; and what they came in with. */
function Why(props: { line: Line }) {
  const t = useT();
  const { why, came_in } = props.line;
  return (
    <div className="segments-reasons">
      {why.length === 0 ? <span className="kit-soft">{t("segments.why_unknown")}</span> : <Reasons reasons={why} holds={t("segments.holds")} holdsNot={t("segments.holds_not")} />}
      {came_in !== "" && (
        <p className="kit-soft kit-small" data-came-in>
          {came_in}
        </p>
      )}
    </div>
  );
}
