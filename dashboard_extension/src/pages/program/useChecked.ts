import { useEffect, useState } from "react";

import { useApi, type Answer } from "@/api";
import { dataOf } from "@/api/client";
import { ApiFailure } from "@/api/failure";

import type { Json } from "./shapes";

export type Checked = Answer<"/api/dashboard/v1/program/check", "post">;
export interface ExampleOrder {
  readonly channel: string;
  readonly goods: string;
  readonly shipping: string;
}

/** How long the typing rests before the server is asked, in milliseconds. */
export const REST = 350;

export interface Told {
  readonly checked: Checked;
  /** The document that it is said of. */
  readonly document: Json;
}

/** Has the server look at a document while it is being written; what it said last stays meanwhile. */
export function useChecked(document: Json, orders: readonly ExampleOrder[] = []): { told: Told | null; failure: unknown } {
  const { api } = useApi();
  const asked = JSON.stringify({ document, orders: orders.filter(isOrder) });
  const [told, setTold] = useState<Told | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    const body = JSON.parse(asked) as { document: Json; orders: ExampleOrder[] };
    const timer = setTimeout(() => {
      dataOf(api.POST("/api/dashboard/v1/program/check", { body: body as never, signal: stop.signal }))
        .then((checked) => {
          setTold({ checked: checked as Checked, document: body.document });
          setFailure(null);
        })
        .catch((reason: unknown) => {
          if (!stop.signal.aborted && reason instanceof ApiFailure) setFailure(reason);
        });
    }, REST);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [api, asked]);
  return { told, failure };
}

const AMOUNT = /^\d{1,10}(\.\d{1,6})?$/;

function isOrder(order: ExampleOrder): boolean {
  return AMOUNT.test(order.goods) && AMOUNT.test(order.shipping);
}
