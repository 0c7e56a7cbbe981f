import type { Seen } from "./context";

/** The document that editing starts from: the draft, else what is in force, else a smallest program. */
export function startOf(seen: Pick<Seen, "draft" | "in_force" | "document_example">): unknown {
  return seen.draft?.document ?? seen.in_force?.document ?? seen.document_example;
}
