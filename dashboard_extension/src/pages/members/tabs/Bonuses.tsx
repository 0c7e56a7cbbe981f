import { useIntl } from "react-intl";

import { useApiQuery, type components } from "@/api";
import { Empty, FailureOf, Loaded, Points, Table, Terms, useT, When, type Column } from "@/kit";

type Given = components["schemas"]["GivenBonus"];
type Told = components["schemas"]["ToldAnswer"];

type Ahead = components["schemas"]["MilestoneAhead"];

/** How far a member is to each milestone; nothing where the program has none. */
function Milestones({ id }: { id: string }) {
  const t = useT();
  const query = useApiQuery("/api/dashboard/v1/members/{member}/milestones", { params: { path: { member: id } } });
  const columns: Column<Ahead>[] = [
    { id: "name", title: t("members.milestone"), cell: (row) => row.name },
    { id: "ahead", title: t("members.milestone_ahead"), cell: (row) => (row.reached ? t("members.milestone_reached") : row.told) },
    { id: "percent", title: t("members.milestone_way"), align: "end", cell: (row) => t("members.percent", { percent: row.percent }) },
  ];
  return (
    <>
      <FailureOf query={query} />
      {query.data !== undefined && query.data.milestones.length > 0 && (
        <Table label={t("members.milestones")} rows={query.data.milestones} columns={columns} rowKey={(row) => row.id} />
      )}
    </>
  );
}

/** What a member told about themselves, and the bonuses that they were given. */
export function Bonuses({ id }: { id: string }) {
  const t = useT();
  const intl = useIntl();
  const query = useApiQuery("/api/dashboard/v1/members/{member}/bonuses", { params: { path: { member: id } } });
  // A question is called by its words where its answer is still kept.
  const called = (about: string) => query.data?.answers.find((one) => one.question === about)?.text ?? about;
  const given: Column<Given>[] = [
    {
      id: "kind",
      title: t("members.bonus"),
      cell: (row) => (
        <>
          {t(`members.bonus.${row.kind}`, { about: row.kind === "question_answered" ? called(row.about) : row.about })}
          {row.perks.map((one, index) => (
            <div key={`${index} ${one}`} className="kit-soft kit-small">
              {one}
            </div>
          ))}
        </>
      ),
    },
    { id: "points", title: t("members.points"), cell: (row) => <Points value={row.points} sign /> },
    { id: "at", title: t("members.at"), cell: (row) => <When at={row.given_at} /> },
  ];
  const answers: Column<Told>[] = [
    { id: "question", title: t("members.question"), cell: (row) => row.text },
    { id: "answer", title: t("members.answer"), cell: (row) => row.answer },
    { id: "at", title: t("members.at"), cell: (row) => <When at={row.answered_at} /> },
  ];
  return (
    <Loaded query={query}>
      {({ birthday, answers: told, given: had }) => (
        <>
          <Milestones id={id} />
          {birthday !== null && (
            <Terms
              items={[
                { name: t("members.birthday"), value: intl.formatDate(Date.UTC(2024, birthday.month - 1, birthday.day), { day: "numeric", month: "long", timeZone: "UTC" }) },
                { name: t("members.told_at"), value: <When at={birthday.told_at} form="day" /> },
              ]}
            />
          )}
          {told.length > 0 && <Table label={t("members.answers")} rows={told} columns={answers} rowKey={(row) => row.question} />}
          {had.length === 0 ? (
            <Empty title={t("members.no_bonuses")}>{t("members.no_bonuses_text")}</Empty>
          ) : (
            <Table label={t("members.bonuses_given")} rows={had} columns={given} rowKey={(row) => `${row.kind} ${row.about}`} />
          )}
        </>
      )}
    </Loaded>
  );
}
