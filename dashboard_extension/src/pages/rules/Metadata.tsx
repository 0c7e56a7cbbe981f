import { FieldText, useT } from "@/kit";
import { useController } from "react-hook-form";

import { useEditing } from "./context";
import { isValue } from "./tells";
import { ValueList } from "./ValueList";

/** What has to stand in Saleor's metadata: a key, and the values that it may have; none = any. */
export function Metadata(props: { field: string; type: string }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const { field, fieldState } = useController({ control, name: `${props.field}.values` });
  const chosen = (Array.isArray(field.value) ? (field.value as unknown[]) : []).filter(isValue);
  return (
    <>
      <div className="kit-fields">
        <FieldText control={control} disabled={disabled} name={`${props.field}.key`} label={t("rules.metadata_key")} hint={t(`rules.metadata_hint.${props.type}`)} maxLength={120} />
      </div>
      <ValueList
        name={`${props.field}.values`}
        label={t("rules.by.values")}
        hint={chosen.length === 0 ? t("rules.metadata_any") : undefined}
        wrong={fieldState.error?.message}
        number={false}
        chosen={chosen}
        disabled={disabled}
        change={field.onChange}
      />
    </>
  );
}
