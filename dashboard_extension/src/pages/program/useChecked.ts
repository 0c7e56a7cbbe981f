import { useEffect, useState } from "react";

import { useApi, type Answer } from "@/api";
import { dataOf } from "@/api/client";

import { askRested } from "./rested";
import type { Json } from "./shapes";

export type Checked = Answer<"/api/dashboard/v1/program/check", "post">;
export interface ExampleOrder {
  readonly channel: string;
  readonly goods: string;
  readonly shipping: string;
}

export interface Told {
  readonly checked: Checked;
  /** The document that it is said of. */
  readonly document: Json;
}

export interface Looking {
  readonly told: Told | null;
  readonly failure: unknown;
  /** Has it looked at again, after a failure. */
  readonly retry: () => void;
}

/** Has the server look at a document while it is being written; what it said last stays meanwhile. */
export function useChecked(document: Json, orders: readonly ExampleOrder[] = []): Looking {
  const { api } = useApi();
  const asked = JSON.stringify({ document, orders: orders.filter(isOrder) });
  const [told, setTold] = useState<Told | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const body = JSON.parse(asked) as { document: Json; orders: ExampleOrder[] };
    return askRested(
      (signal) => dataOf(api.POST("/api/dashboard/v1/program/check", { body: body as never, signal })),
      (checked) => {
        setTold({ checked: checked as Checked, document: body.document });
        setFailure(null);
      },
      setFailure,
    );
  }, [api, asked, round]);
  return { told, failure, retry: () => setRound((now) => now + 1) };
}

const AMOUNT = /^\d{1,10}(\.\d{1,6})?$/;

function isOrder(order: ExampleOrder): boolean {
  return AMOUNT.test(order.goods) && AMOUNT.test(order.shipping);
}
