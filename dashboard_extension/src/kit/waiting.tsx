import type { UseQueryResult } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

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

/**
 * What went wrong, in the words of the server, and what can be done about it.
 *
 * Args: `retry` tries again; while what it gives is not settled, the button says so. With `old`, what was read before
 * is still shown below.
 */
export function Failure(props: { error: unknown; retry?: () => unknown; old?: boolean }) {
  const t = useT();
  const words = useFailureWords();
  const [trying, setTrying] = useState(false);
  const { title, text } = words(props.error);
  const retry = () => {
    const asked = trying ? undefined : props.retry?.();
    if (!(asked instanceof Promise)) return;
    setTrying(true);
    const settled = () => setTrying(false);
    void asked.then(settled, settled);
  };
  return (
    <Notice
      tone="error"
      live
      actions={
        props.retry && (
          // It stays in reach while it works: a button that rests would lose the focus.
          <Button type="button" variant="secondary" aria-disabled={trying} onClick={retry} data-retry="">
            {t(trying ? "kit.retrying" : "kit.retry")}
          </Button>
        )
      }
    >
      <strong>{title}</strong>
      {text !== "" && <p>{text}</p>}
      {props.old && <p>{t("kit.old")}</p>}
    </Notice>
  );
}

/** What went wrong with a part that the rest of the page is shown without; nothing while all is well. */
export function FailureOf(props: { query: { readonly error: unknown; readonly data: unknown; readonly refetch: () => Promise<unknown> } }) {
  const { error, data, refetch } = props.query;
  return error ? <Failure error={error} retry={() => refetch()} old={data !== undefined} /> : null;
}

/** A failure in words, for a notification or a place of one's own. */
export function useFailureWords(): (error: unknown) => { title: string; text: string } {
  const t = useT();
  return (error) => {
    if (!(error instanceof ApiFailure)) return { title: t("kit.failed"), text: t("kit.unexpected") };
    if (error.code === "too_slow") return { title: t("kit.too_slow"), text: t("kit.too_slow_text") };
    if (error.code === "unreadable_answer" && error.mayPass) return { title: t("kit.unreadable"), text: t("kit.unreadable_text") };
    if (error.status === 0) return { title: t("kit.unreachable"), text: t("kit.unreachable_text") };
    if (error.status === 403) return { title: t("kit.forbidden"), text: error.message };
    if (error.status === 401) return { title: t("kit.signed_out"), text: t("kit.signed_out_text") };
    return { title: t("kit.failed"), text: error.message || t("kit.unexpected") };
  };
}

/**
 * Shows `children` of an answer; until then gray bars, or what went wrong with a way to try again. What was shown
 * stays where it cannot be read anew, and says that it may be old.
 */
export function Loaded<Data>(props: {
  query: UseQueryResult<Data, ApiFailure>;
  lines?: number;
  children: (data: Data) => ReactNode;
}) {
  const { query } = props;
  if (query.data === undefined) return query.error ? <FailureOf query={query} /> : <Skeleton lines={props.lines} />;
  return (
    <>
      <FailureOf query={query} />
      {props.children(query.data)}
    </>
  );
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
