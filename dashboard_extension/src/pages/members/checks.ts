import { zodResolver } from "@hookform/resolvers/zod";
import type { FieldValues, Resolver } from "react-hook-form";
import { z } from "zod";

/** More points at once are a slip of the finger. */
export const MOST_POINTS = 10_000_000;

/** A schema before a form that may still hold what is no number yet: the schema refuses that. */
export function checkedBy<Form extends FieldValues>(schema: z.ZodType): Resolver<Form> {
  return zodResolver(schema as z.ZodType<Form, Form>);
}

/** A whole number as it is typed, within bounds. */
export function whole(least: number, most: number, words: { none: string; more: string }) {
  return z.number({ error: words.none }).int(words.none).min(least, words.none).max(most, words.more);
}
