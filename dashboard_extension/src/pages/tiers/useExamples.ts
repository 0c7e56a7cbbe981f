import { useEffect, useState } from "react";

import { useApi, type Answer } from "@/api";
import { dataOf } from "@/api/client";
import { askRested } from "@/pages/program/rested";

import type { Json } from "./form";

export type Example = Answer<"/api/dashboard/v1/tiers/examples", "post">["examples"][number];

/** What each level of a document means, by its id; none while the document is not complete. */
export function useExamples(document: Json): ReadonlyMap<string, Example> {
  const { api } = useApi();
  const [found, setFound] = useState<ReadonlyMap<string, Example>>(new Map());
  const asked = JSON.stringify({ document });
  useEffect(() => {
    const body = JSON.parse(asked) as never;
    return askRested(
      (signal) => dataOf(api.POST("/api/dashboard/v1/tiers/examples", { body, signal })),
      (answer) => setFound(new Map((answer as { examples: Example[] }).examples.map((one) => [one.tier, one]))),
      // A document with problems has no examples; its check says what is wrong with it.
      () => setFound(new Map()),
    );
  }, [api, asked]);
  return found;
}
