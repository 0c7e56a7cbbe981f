import { useApiMutation, useApiPages, type components } from "@/api";
import { Button, CursorTable, Empty, Points, Section, useFailureWords, useNotify, useStaff, useT, When, type Column } from "@/kit";

type Job = components["schemas"]["GivenUpJob"];
const PATH = "/api/dashboard/v1/activity/jobs";

/** Work that was given up after its last attempt. */
export function Jobs() {
  const t = useT();
  const staff = useStaff();
  const pages = useApiPages(PATH);
  const columns: Column<Job>[] = [
    { id: "at", title: t("activity.at"), cell: (row) => <When at={row.failed_at} /> },
    { id: "what", title: t("activity.what"), cell: (row) => row.what },
    { id: "attempts", title: t("activity.attempts"), align: "end", cell: (row) => <Points value={row.attempts} /> },
    { id: "why", title: t("activity.why"), cell: (row) => <code className="activity-code">{row.failure}</code> },
    ...(staff.may("MANAGE_APPS") ? [{ id: "retry", title: "", align: "end", cell: (row) => <Retry job={row} /> } satisfies Column<Job>] : []),
  ];
  return (
    <Section title={t("activity.tab.jobs")} hint={t("activity.jobs_hint")}>
      <CursorTable
        label={t("activity.tab.jobs")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t("activity.no_jobs")}>{t("activity.no_jobs_text")}</Empty>}
      />
    </Section>
  );
}

function Retry(props: { job: Job }) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const retry = useApiMutation("post", "/api/dashboard/v1/activity/jobs/{job}/retry", {
    invalidates: [PATH],
    onSuccess: () => notify("success", t("activity.begun_again")),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  return (
    <Button size="small" variant="secondary" disabled={retry.isPending} onClick={() => retry.mutate({ params: { path: { job: props.job.id } } })}>
      {t("activity.retry")}
    </Button>
  );
}
