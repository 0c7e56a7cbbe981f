import { FieldSelect, Section, useStaff, useT } from "@/kit";
import { useForm, useWatch } from "react-hook-form";
import { useIntl } from "react-intl";
import { Link } from "react-router";

import { Snippet } from "@/pages/settings/Snippet";

import { callsOf, nameOf, type TypeForm } from "./form";

/** How a developer reports an event of a type, with the addresses of this installation. */
export function Calls({ types, apiUrl }: { types: readonly TypeForm[]; apiUrl: string }) {
  const t = useT();
  const { locale } = useIntl();
  const staff = useStaff();
  const { control } = useForm({ defaultValues: { type: types[0]?.id ?? "" } });
  const chosen = useWatch({ control, name: "type" });
  const one = types.find((type) => type.id === chosen) ?? types[0];
  if (one === undefined || apiUrl === "") return null;
  return (
    <Section title={t("events.calls")} hint={t("events.calls_hint")}>
      {types.length > 1 && (
        <div className="kit-fields">
          <FieldSelect control={control} name="type" label={t("events.type")} choices={types.map((type) => ({ value: type.id, label: nameOf(type, locale.slice(0, 2)) }))} />
        </div>
      )}
      <Snippet label={t("events.calls")} text={callsOf(apiUrl, one)} />
      {staff.may("MANAGE_APPS") && (
        <p className="kit-hint">
          {t("events.keys")}{" "}
          <Link className="kit-link" to="/settings/keys">
            {t("events.to_keys")}
          </Link>
        </p>
      )}
    </Section>
  );
}
