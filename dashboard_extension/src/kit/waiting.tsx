import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ApiFailure } from "@/api/failure";

import { Button } from "./Button";
import { Notice } from "./layout";
import { useT } from "./staff";

/** Gray bars where something is on its way. */
export function Skeleton(props: { lines?: number }) {
  const t = useT();
  return (
    <div className="kit-skeleton" role="status" aria-label={t("kit.loading")}>
      {Array.from({ length: props.lines ?? 4 }, (_, at) => (
        <span key={at} />
      ))}
    </div>
  );
}

/** What went wrong, in the words of the server, and what can be done about it. */
export function Failure(props: { error: unknown; retry?: () => void }) {
  const t = useT();
  const words = useFailureWords();
  const { title, text } = words(props.error);
  return (
    <Notice
      tone="error"
      live
      actions={
        props.retry && (
          <Button variant="secondary" onClick={props.retry}>
            {t("kit.retry")}
          </Button>
        )
      }
    >
      <strong>{title}</strong>
      {text !== "" && <p>{text}</p>}
    </Notice>
  );
}

/** A failure in words, for a notification or a place of one's own. */
export function useFailureWords(): (error: unknown) => { title: string; text: string } {
  const t = useT();
  return (error) => {
    if (!(error instanceof ApiFailure)) return { title: t("kit.failed"), text: t("kit.unexpected") };
    if (error.status === 0) return { title: t("kit.unreachable"), text: t("kit.unreachable_text") };
    if (error.status === 403) return { title: t("kit.forbidden"), text: error.message };
    if (error.status === 401) return { title: t("kit.signed_out"), text: t("kit.signed_out_text") };
    return { title: t("kit.failed"), text: error.message || t("kit.unexpected") };
  };
}

/** Shows `children` of an answer; until then gray bars, or what went wrong with a way to try again. */
export function Loaded<Data>(props: {
  query: UseQueryResult<Data, ApiFailure>;
  lines?: number;
  children: (data: Data) => ReactNode;
}) {
  const { query } = props;
  if (query.data !== undefined) return <>{props.children(query.data)}</>;
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton lines={props.lines} />;
}

/** Long work: how far it is, and a way to stop it. */
export function Progress(props: { label: string; done: number; total: number | null; cancel?: () => void; cancelling?: boolean }) {
  const t = useT();
  const { done, total } = props;
  return (
    <div className="kit-progress">
      <div className="kit-section-head">
        <span aria-live="polite">{total === null ? props.label : `${props.label} · ${t("kit.progress", { done, total })}`}</span>
        {props.cancel && (
          <Button size="small" variant="secondary" disabled={props.cancelling} onClick={props.cancel}>
            {props.cancelling ? t("kit.cancelling") : t("kit.cancel")}
          </Button>
        )}
      </div>
      <progress aria-label={props.label} max={total ?? undefined} value={total === null ? undefined : Math.min(done, total)} />
    </div>
  );
}
