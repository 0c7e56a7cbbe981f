import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { dataOf } from "@/api/client";
import type { ApiFailure } from "@/api/failure";
import { useApi, type Answer } from "@/api/hooks";
import { FailureOf, useT } from "@/kit";

const PREVIEW = "/api/dashboard/v1/widgets/order/refund-preview";
const PAUSE = 300;
type Line = NonNullable<Answer<"/api/dashboard/v1/widgets/order">["lines"]>[number];
type Told = Answer<typeof PREVIEW, "post">;

/** What a refund of chosen units would take back and restore; nothing is changed by looking. */
export function Refund(props: { order: string; lines: readonly Line[] }) {
  const t = useT();
  const [units, setUnits] = useState<Readonly<Record<string, number>>>({});
  const chosen = useLater(
    props.lines.flatMap((line) => {
      const quantity = Math.min(units[line.id] ?? 0, line.left);
      return quantity > 0 ? [{ id: line.id, quantity }] : [];
    }),
  );
  return (
    <details className="widget-refund">
      <summary>{t("order.refund")}</summary>
      <div className="kit-stack">
        <p className="kit-soft kit-small">{t("order.refund_text")}</p>
        <table>
          <thead className="kit-visually-hidden">
            <tr>
              <th scope="col">{t("order.refund_line")}</th>
              <th scope="col">{t("order.refund_units")}</th>
            </tr>
          </thead>
          <tbody>
            {props.lines
              .filter((line) => line.left > 0)
              .map((line) => (
                <tr key={line.id}>
                  <td>{line.name}</td>
                  <td>
                    <span className="kit-input">
                      <select
                        aria-label={t("order.refund_of", { name: line.name })}
                        value={units[line.id] ?? 0}
                        onChange={(event) => setUnits({ ...units, [line.id]: Number(event.target.value) })}
                      >
                        {Array.from({ length: Math.min(line.left, MOST) + 1 }, (_, quantity) => (
                          <option key={quantity} value={quantity}>
                            {t("order.refund_quantity", { quantity, left: line.left })}
                          </option>
                        ))}
                      </select>
                    </span>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
        <div aria-live="polite">{chosen.length > 0 && <Told order={props.order} lines={chosen} />}</div>
      </div>
    </details>
  );
}

/** So many units of a line can be chosen; a list of more would be no list. */
const MOST = 200;

function Told(props: { order: string; lines: readonly { id: string; quantity: number }[] }) {
  const { api } = useApi();
  const body = { order_id: props.order, lines: [...props.lines] };
  const query = useQuery<Told, ApiFailure>({
    queryKey: [PREVIEW, body],
    queryFn: ({ signal }) => dataOf(api.POST(PREVIEW, { body, signal })),
    placeholderData: keepPreviousData,
  });
  if (query.error) return <FailureOf query={query} />;
  return (
    <ul className="widget-lines" data-refund>
      {query.data?.sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

/** The value as it is once nobody changed it for a moment. */
function useLater<Value>(value: Value): Value {
  const [later, setLater] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(JSON.parse(text) as Value), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}
