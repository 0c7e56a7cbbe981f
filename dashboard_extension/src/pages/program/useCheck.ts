import { useEffect, useMemo, useState } from "react";

import { useApi, type Answer } from "@/api";
import { dataOf } from "@/api/client";
import { ApiFailure } from "@/api/failure";

import { documentOf, type ProgramForm } from "./form";
import { nested, sorted, type Sorted } from "./places";
import type { Json } from "./shapes";

export type Checked = Answer<"/api/dashboard/v1/program/check", "post">;
export interface ExampleOrder {
  readonly channel: string;
  readonly goods: string;
  readonly shipping: string;
}

/** How long the typing rests before the server is asked, in milliseconds. */
const REST = 350;

export interface Checking {
  /** What the server said last; it stays while the next answer is on its way. */
  readonly checked: Checked | null;
  readonly document: Json;
  readonly found: Sorted;
  /** For React Hook Form; the same object until the findings change. */
  readonly errors: Record<string, unknown>;
  readonly failure: unknown;
}

interface Told {
  readonly checked: Checked;
  readonly document: Json;
  readonly form: ProgramForm;
}

/** Has the server look at the form while it is being filled: problems, examples, differences. */
export function useCheck(original: unknown, form: ProgramForm, orders: readonly ExampleOrder[]): Checking {
  const { api } = useApi();
  const document = useMemo(() => documentOf(original, form), [original, form]);
  const asked = JSON.stringify({ document, orders: orders.filter(isOrder) });
  const [told, setTold] = useState<Told | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    const body = JSON.parse(asked) as { document: Json; orders: ExampleOrder[] };
    const timer = setTimeout(() => {
      dataOf(api.POST("/api/dashboard/v1/program/check", { body: body as never, signal: stop.signal }))
        .then((checked) => {
          setTold({ checked: checked as Checked, document: body.document, form });
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
    // What is asked says all that matters of the form.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, asked]);
  const found = useMemo(() => (told === null ? NOTHING : sorted(told.checked.problems, told.document, told.form)), [told]);
  const errors = useMemo(() => nested(found.wrong), [found]);
  return { checked: told?.checked ?? null, document, found, errors, failure };
}

const NOTHING: Sorted = { wrong: new Map(), doubtful: new Map(), other: [] };

const AMOUNT = /^\d{1,10}(\.\d{1,6})?$/;

function isOrder(order: ExampleOrder): boolean {
  return AMOUNT.test(order.goods) && AMOUNT.test(order.shipping);
}
