import { zodResolver } from "@hookform/resolvers/zod";
import { useForm, type DefaultValues, type FieldValues, type Resolver, type UseFormProps, type UseFormReturn } from "react-hook-form";
import type { z } from "zod";

/**
 * A form whose values may be half typed, and whose schema says what is sent: `FieldNumber` gives
 * null while empty and text while it is no number, which a schema of a number refuses.
 *
 * Import it from `@/kit/forms`: it brings zod along, which widgets without forms do not need.
 */
export function useZodForm<Form extends FieldValues, Sent extends FieldValues>(
  schema: z.ZodType<Sent>,
  defaultValues: DefaultValues<Form>,
  options: Omit<UseFormProps<Form, unknown, Sent>, "resolver" | "defaultValues"> = {},
): UseFormReturn<Form, unknown, Sent> {
  const resolver = zodResolver(schema as z.ZodType<Sent, FieldValues>) as unknown as Resolver<Form, unknown, Sent>;
  return useForm<Form, unknown, Sent>({ ...options, defaultValues, resolver });
}
