import { Link } from "react-router";

import { useApiMutation, useApiPages, type components } from "@/api";
import { Button, CursorTable, Empty, Given, Points, Section, useFailureWords, useNotify, useStaff, useT, When, type Column } from "@/kit";

import { Goodwill } from "./Goodwill";

type Waiting = components["schemas"]["WaitingCase"];
type Choice = components["schemas"]["CaseInput"]["decision"];

/** What staff decide: orders that went wrong, and orders that used a code beyond its points. */
export function Cases() {
  return (
    <>
      <Goodwill />
      <Uses />
    </>
  );
}

/** Orders that used a code beyond its points: each is decided with one press. */
function Uses() {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/activity/cases");
  return (
    <Section title={t("activity.tab.cases")} hint={t("activity.cases_hint")}>
      <CursorTable
        label={t("activity.tab.cases")}
        pages={pages}
        columns={useColumns()}
        rowKey={(row) => row.case.id}
        empty={<Empty title={t("activity.no_cases")}>{t("activity.no_cases_text")}</Empty>}
      />
    </Section>
  );
}

function useColumns(): Column<Waiting>[] {
  const t = useT();
  const staff = useStaff();
  return [
    { id: "order", title: t("activity.order"), cell: (row) => `#${row.case.order_number}` },
    {
      id: "what",
      title: t("activity.what"),
      cell: (row) => (
        <>
          {t(`activity.case.${row.case.kind}`)}
          {row.case.by_stranger && row.case.kind !== "foreign" && ` ${t("activity.by_stranger")}`}
        </>
      ),
    },
    {
      id: "member",
      title: t("activity.member"),
      cell: (row) => (
        <Link className="kit-link" to={`/members/${row.member}`}>
          {t("activity.member_number", { number: row.member })}
        </Link>
      ),
    },
    { id: "points", title: t("activity.points"), align: "end", cell: (row) => <Points value={row.case.points} /> },
    { id: "discount", title: t("activity.discount"), align: "end", cell: (row) => <Given {...row.case} /> },
    { id: "seen", title: t("activity.seen"), cell: (row) => <When at={row.case.seen_at} /> },
    ...(staff.may("MANAGE_ORDERS") ? [{ id: "decide", title: t("activity.decide"), align: "end", cell: (row) => <Decide found={row} /> } satisfies Column<Waiting>] : []),
  ];
}

function Decide(props: { found: Waiting }) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const { id, choices, points, order_number: number } = props.found.case;
  const decide = useApiMutation("post", "/api/dashboard/v1/cases/{case}", {
    onSuccess: (done) => notify("success", t(`activity.decided.${done.state}`, { number })),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  return (
    <div className="activity-choices">
      {choices.map((choice) => (
        <Button
          key={choice}
          size="small"
          variant="secondary"
          data-choice={choice}
          disabled={decide.isPending}
          title={t(`activity.choice_hint.${choice}`)}
          onClick={() => decide.mutate({ params: { path: { case: id } }, body: { decision: choice as Choice } })}
        >
          {t(`activity.choice.${choice}`, { points })}
        </Button>
      ))}
    </div>
  );
}
