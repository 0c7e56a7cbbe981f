import { useEffect, useState } from "react";

import { useApi } from "@/api";
import { dataOf } from "@/api/client";
import { askRested } from "@/pages/program/rested";

import type { Json } from "./form";
import type { Known } from "./names";

/** Each rule as a sentence, by its id, while it is being written; a rule that is not complete keeps its last one. */
export function useSentences(rules: readonly Json[], names: Known): Readonly<Record<string, string>> {
  const { api } = useApi();
  const [said, setSaid] = useState<Readonly<Record<string, string>>>({});
  const asked = JSON.stringify({ rules, names });
  useEffect(() => {
    const body = JSON.parse(asked) as { rules: Json[]; names: Record<string, Record<string, string>> };
    return askRested(
      (signal) => dataOf(api.POST("/api/dashboard/v1/rules/sentences", { body: body as never, signal })),
      (answer) => {
        const { sentences } = answer as { sentences: (string | null)[] };
        setSaid((now) => {
          const next: Record<string, string> = {};
          body.rules.forEach(({ id }, at) => {
            const sentence = sentences[at] ?? now[String(id)];
            if (sentence !== undefined) next[String(id)] = sentence;
          });
          return next;
        });
      },
      // The sentence is an aid: what the server says of the form itself is told by its check.
      () => undefined,
    );
  }, [api, asked]);
  return said;
}
