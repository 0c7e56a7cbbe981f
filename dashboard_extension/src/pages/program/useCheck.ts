import { useMemo } from "react";

import { documentOf, type ProgramForm } from "./form";
import { nested, sorted, type Sorted } from "./places";
import type { Json } from "./shapes";
import { useChecked, type Checked, type ExampleOrder } from "./useChecked";

export interface Checking {
  /** What the server said last; it stays while the next answer is on its way. */
  readonly checked: Checked | null;
  readonly document: Json;
  readonly found: Sorted;
  /** For React Hook Form; the same object until the findings change. */
  readonly errors: Record<string, unknown>;
  readonly failure: unknown;
  readonly retry: () => void;
}

/** Has the server look at the form while it is being filled: problems, examples, differences. */
export function useCheck(original: unknown, form: ProgramForm, orders: readonly ExampleOrder[]): Checking {
  const document = useMemo(() => documentOf(original, form), [original, form]);
  const { told, failure, retry } = useChecked(document, orders);
  // What the server was asked of says all that matters of the form; only its rows are looked at.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const found = useMemo(() => (told === null ? NOTHING : sorted(told.checked.problems, told.document, form)), [told]);
  const errors = useMemo(() => nested(found.wrong), [found]);
  return { checked: told?.checked ?? null, document, found, errors, failure, retry };
}

const NOTHING: Sorted = { wrong: new Map(), doubtful: new Map(), other: [] };
