import { Failure, useT } from "@/kit";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "react-router";

import { useApi, type Answer } from "@/api";
import { dataOf } from "@/api/client";
import type { ApiFailure } from "@/api/failure";
import type { Condition } from "@/pages/rules/conditions";

import { ruleOf, says } from "./form";

type Fits = Answer<"/api/dashboard/v1/segments/preview", "post">;
/** So long the typing rests before a rule is tried, in milliseconds. */
const REST = 600;

/** Who is meant by a rule, and how many members that are, while it is being written. */
export function Preview(props: { rule: Condition; names: Readonly<Record<string, string>> }) {
  const t = useT();
  const { api } = useApi();
  const asked = useRested(JSON.stringify({ rule: ruleOf(props.rule), names: props.names }));
  const ready = says(props.rule);
  const query = useQuery<Fits, ApiFailure>({
    queryKey: ["/api/dashboard/v1/segments/preview", asked],
    queryFn: ({ signal }) =>
      dataOf(api.POST("/api/dashboard/v1/segments/preview", { body: JSON.parse(asked) as never, signal })) as Promise<Fits>,
    enabled: ready,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!ready) return <p className="kit-hint">{t("segments.preview_empty")}</p>;
  const { data, error } = query;
  if (error !== null && error.code === "program_invalid") return <p className="kit-hint">{t("segments.preview_incomplete")}</p>;
  if (error !== null) return <Failure error={error} retry={() => query.refetch()} />;
  if (data === undefined) return <p className="kit-hint">{t("segments.preview_counting")}</p>;
  return (
    <div className="rules-sentence" role="status" aria-busy={query.isFetching} data-preview={data.expected}>
      <p>{data.told}</p>
      <p>
        <strong>{t(data.sample ? "segments.preview_about" : "segments.preview_exactly", { count: data.expected, total: data.total })}</strong>
      </p>
      {data.sample && <p className="kit-small">{t("segments.preview_sample", { looked_at: data.looked_at, fit: data.fit })}</p>}
      {data.shown.length > 0 && (
        <p className="kit-small">
          {t("segments.preview_such_as")}{" "}
          {data.shown.map((one, at) => (
            <span key={one.member}>
              {at > 0 && ", "}
              <Link className="kit-link" to={`/members/${one.member}`}>{one.name || t("segments.member_number", { number: one.member })}</Link>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

/** A text once its typing rests. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
