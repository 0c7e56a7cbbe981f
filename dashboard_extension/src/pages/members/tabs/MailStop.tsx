import { useApiMutation, useApiQuery } from "@/api";
import { Button, Failure, FailureOf, Notice, useNotify, useT, When } from "@/kit";

const PATH = "/api/dashboard/v1/members/{member}/mail-stop";

/** Shown where mail to the member was refused for good; staff may have it tried again. */
export function MailStop({ id }: { id: string }) {
  const t = useT();
  const notify = useNotify();
  const params = { path: { member: id } };
  const query = useApiQuery(PATH, { params });
  const lift = useApiMutation("delete", PATH, {
    invalidates: [PATH],
    onSuccess: () => notify("success", t("members.mail_again_done")),
  });
  const stop = query.data;
  if (!stop?.stopped) return <FailureOf query={query} />;
  return (
    <>
      <Notice
        tone="warning"
        actions={
          <Button variant="secondary" disabled={lift.isPending} onClick={() => lift.mutate({ params })}>
            {t("members.mail_again")}
          </Button>
        }
      >
        <strong>{t("members.mail_stopped")}</strong>
        {stop.at && (
          <>
            {" · "}
            <When at={stop.at} />
          </>
        )}
        <p>{t("members.mail_stopped_text", { answer: stop.answer })}</p>
      </Notice>
      {lift.error && <Failure error={lift.error} />}
    </>
  );
}
