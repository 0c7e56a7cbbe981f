import { Button, ConfirmDialog, FailureOf, Progress, useNotify, useT } from "@/kit";
import { useEffect, useRef, useState } from "react";

import { useApiMutation, useApiQuery } from "@/api";

/** Has a draft proposed anew from the latest orders, in the place of what is there. */
export function Proposal(props: { version: string | null; done: () => void }) {
  const t = useT();
  const notify = useNotify();
  const [asking, setAsking] = useState(false);
  const [wanted, setWanted] = useState(false);
  const sent = useRef(false);
  const sample = useApiQuery("/api/dashboard/v1/program/sample", undefined, { enabled: wanted, refetchInterval: wanted ? 1500 : false });
  const begin = useApiMutation("put", "/api/dashboard/v1/program/sample", {
    invalidates: ["/api/dashboard/v1/program/sample"],
    onSuccess: () => {
      sent.current = false;
      setWanted(true);
    },
  });
  const stop = useApiMutation("delete", "/api/dashboard/v1/program/sample", { onSuccess: () => setWanted(false) });
  const propose = useApiMutation("post", "/api/dashboard/v1/program/proposal", {
    invalidates: [],
    onSuccess: () => {
      setWanted(false);
      setAsking(false);
      notify("success", t("program.proposed"));
      props.done();
    },
    onError: () => setWanted(false),
  });
  const state = sample.data;
  const { mutate } = propose;
  const { version } = props;
  useEffect(() => {
    if (!wanted || sent.current || state?.state !== "done" || state.stale) return;
    sent.current = true;
    mutate({ body: { version } });
  }, [wanted, state, mutate, version]);
  return (
    <>
      <Button type="button" variant="secondary" onClick={() => setAsking(true)} data-propose="ask">
        {t("program.propose")}
      </Button>
      {asking && (
        <ConfirmDialog
          title={t("program.propose_title")}
          confirm={t("program.propose_confirm")}
          destructive
          busy={begin.isPending || wanted || propose.isPending}
          error={begin.error ?? stop.error ?? propose.error}
          onConfirm={() => begin.mutate({})}
          onClose={() => setAsking(false)}
        >
          <p>{t("program.propose_text")}</p>
          {wanted && <FailureOf query={sample} />}
          {wanted && (
            <Progress
              label={t("program.reading_orders", { count: state?.orders ?? 0 })}
              done={state?.progress ?? 0}
              total={100}
              cancel={() => stop.mutate({})}
              cancelling={stop.isPending}
            />
          )}
        </ConfirmDialog>
      )}
    </>
  );
}
