import { useIntl } from "react-intl";

import { useApiQuery, type components } from "@/api";
import { Empty, Loaded, Points, Table, Terms, useT, When, type Column } from "@/kit";

type Given = components["schemas"]["GivenBonus"];
type Told = components["schemas"]["ToldAnswer"];

/** What a member told about themselves, and the bonuses that they were given. */
export function Bonuses({ id }: { id: string }) {
  const t = useT();
  const intl = useIntl();
  const query = useApiQuery("/api/dashboard/v1/members/{member}/bonuses", { params: { path: { member: id } } });
  // A question is called by its words where its answer is still kept.
  const called = (about: string) => query.data?.answers.find((one) => one.question === about)?.text ?? about;
  const given: Column<Given>[] = [
    { id: "kind", title: t("members.bonus"), cell: (row) => t(`members.bonus.${row.kind}`, { about: row.kind === "question_answered" ? called(row.about) : row.about }) },
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
