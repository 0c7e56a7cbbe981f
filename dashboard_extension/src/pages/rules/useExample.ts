import { useEffect, useState } from "react";

import { useApi } from "@/api";
import { dataOf } from "@/api/client";
import { askRested } from "@/pages/program/rested";

import type { Json } from "./form";

/** What one rule means for an order that fits it; null while it is not complete, or none fits. */
export function useExample(document: Json, rule: string): string | null {
  const { api } = useApi();
  const [said, setSaid] = useState<string | null>(null);
  const asked = JSON.stringify({ document, rule });
  useEffect(() => {
    const body = JSON.parse(asked) as never;
    return askRested(
      (signal) => dataOf(api.POST("/api/dashboard/v1/rules/example", { body, signal })),
      (answer) => setSaid((answer as { text: string | null }).text),
      // A document with problems has no example; its check says what is wrong with it.
      () => setSaid(null),
    );
  }, [api, asked]);
  return said;
}
