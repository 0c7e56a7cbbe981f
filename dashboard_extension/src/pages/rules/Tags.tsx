import { useT } from "@/kit";
import { useController } from "react-hook-form";

import { useEditing } from "./context";
import { isValue } from "./tells";
import { ValueList } from "./ValueList";

/** The tags of which the member has one: typed, as rules and staff give what names they like. */
export function Tags(props: { field: string }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const { field, fieldState } = useController({ control, name: `${props.field}.tags` });
  const { error } = fieldState;
  return (
    <ValueList
      name={`${props.field}.tags`}
      label={t("rules.by.tags")}
      hint={t("rules.tags_hint")}
      wrong={error?.message ?? ofOne(error)}
      number={false}
      chosen={(Array.isArray(field.value) ? (field.value as unknown[]) : []).filter(isValue)}
      disabled={disabled}
      change={field.onChange}
    />
  );
}

/** What is wrong with the first of the tags that is refused. */
function ofOne(error: unknown): string | undefined {
  const found = Object.values((error ?? {}) as Record<string, { message?: string } | undefined>).find((one) => one?.message);
  return found?.message;
}
