import { useRef, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";

import { apiKey, ApiFailure, useApi, useApiMutation, useApiPages, type components } from "@/api";
import { dataOf } from "@/api/client";
import { Badge, Button, CursorTable, Empty, Failure, Progress, Section, useFailureWords, useNotify, useStaff, useT, When, type Column } from "@/kit";

type Letter = components["schemas"]["DeadWebhook"];
type Waiting = components["schemas"]["DeadWebhooks"];
const PATH = "/api/dashboard/v1/activity/dead-letters";

/** Webhooks that could not be understood; replaying is safe for the books. */
export function DeadLetters() {
  const t = useT();
  const staff = useStaff();
  const pages = useApiPages(PATH);
  const waiting = (pages.data?.pages[0] as Waiting | undefined)?.waiting ?? 0;
  const all = useReplayAll(waiting);
  const may = staff.may("MANAGE_APPS");
  const columns: Column<Letter>[] = [
    { id: "at", title: t("activity.at"), cell: (row) => <When at={row.received_at} /> },
    { id: "event", title: t("activity.event"), cell: (row) => <code className="activity-code">{row.event || row.handler}</code> },
    {
      id: "why",
      title: t("activity.why"),
      cell: (row) => (
        <>
          {row.why}
          {row.place !== "" && (
            <div>
              <code className="activity-code">{row.place}</code>
            </div>
          )}
        </>
      ),
    },
    { id: "state", title: t("activity.state"), cell: (row) => (row.replayed_at === null ? <Badge tone="warning">{t("activity.waits")}</Badge> : <Badge tone="success">{t("activity.understood")}</Badge>) },
    ...(may ? [{ id: "replay", title: "", align: "end", cell: (row) => <Replay letter={row} /> } satisfies Column<Letter>] : []),
  ];
  return (
    <Section
      title={t("activity.tab.dead-letters")}
      hint={t("activity.letters_hint")}
      actions={
        may &&
        waiting > 0 && (
          <Button variant="secondary" disabled={all.running} onClick={() => void all.begin()}>
            {t("activity.replay_all", { count: waiting })}
          </Button>
        )
      }
    >
      {all.failure && <Failure error={all.failure} />}
      {all.running && <Progress label={t("activity.replaying")} done={all.done} total={all.total} cancel={all.stop} cancelling={all.stopping} />}
      <CursorTable
        label={t("activity.tab.dead-letters")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t("activity.no_letters")}>{t("activity.no_letters_text")}</Empty>}
      />
    </Section>
  );
}

function Replay(props: { letter: Letter }) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  const replay = useApiMutation("post", "/api/dashboard/v1/activity/dead-letters/{letter}/replay", {
    invalidates: [PATH],
    onSuccess: (done) =>
      done.understood ? notify("success", t("activity.was_understood")) : notify("warning", t("activity.still_fails"), done.failure ?? undefined),
    onError: (failure) => {
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
  return (
    <Button size="small" variant="secondary" disabled={replay.isPending} onClick={() => replay.mutate({ params: { path: { letter: props.letter.id } } })}>
      {t("activity.replay")}
    </Button>
  );
}

/** Replays page after page until nothing waits, or until it is stopped. */
function useReplayAll(waiting: number) {
  const t = useT();
  const { api } = useApi();
  const notify = useNotify();
  const queries = useQueryClient();
  const stopped = useRef(false);
  const [state, setState] = useState<{ done: number; total: number; stopping: boolean } | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const begin = async () => {
    stopped.current = false;
    setFailure(null);
    let done = 0;
    let failed = 0;
    let after: string | null = null;
    setState({ done, total: waiting, stopping: false });
    try {
      do {
        const page: components["schemas"]["ReplayedWebhooks"] = await dataOf(api.POST("/api/dashboard/v1/activity/dead-letters/replay", { body: { after } }));
        done += page.items.length;
        failed += page.items.filter((one) => !one.understood).length;
        after = page.next ?? null;
        setState((before) => before && { ...before, done });
      } while (after !== null && !stopped.current);
      notify(failed === 0 ? "success" : "warning", t("activity.replayed", { done: done - failed, failed }));
    } catch (problem) {
      if (!(problem instanceof ApiFailure)) throw problem;
      setFailure(problem);
    } finally {
      setState(null);
      await queries.invalidateQueries({ queryKey: apiKey(PATH) });
    }
  };
  const stop = () => {
    stopped.current = true;
    setState((before) => before && { ...before, stopping: true });
  };
  return { begin, stop, failure, running: state !== null, done: state?.done ?? 0, total: state?.total ?? 0, stopping: state?.stopping ?? false };
}
