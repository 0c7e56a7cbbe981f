import { FieldNumber, FieldSelect, Section, useT } from "@/kit";
import { useIntl } from "react-intl";

import { DOWNGRADES, nameOf, WINDOWS, type TiersForm } from "./form";
import type { CardProps } from "./Levels";

/** Which time counts, how long a level is held, and what happens to who did not earn it again. */
export function Staying(props: CardProps & { form: TiersForm }) {
  const t = useT();
  const { locale } = useIntl();
  const { control, disabled, form, examples } = props;
  const falls = form.levels.filter((one) => (examples.get(one.id)?.end.length ?? 0) > 0);
  return (
    <Section title={t("tiers.staying")} hint={t(`tiers.window_hint.${form.window}`)}>
      <div className="kit-fields">
        <FieldSelect control={control} name="window" label={t("tiers.window")} choices={WINDOWS.map((value) => ({ value, label: t(`tiers.window.${value}`) }))} disabled={disabled} />
        {form.window === "rolling" && <FieldNumber control={control} name="months" label={t("tiers.months")} affix={t("tiers.months_unit")} disabled={disabled} />}
        {form.window !== "lifetime" && (
          <>
            <FieldSelect
              control={control}
              name="downgrade"
              label={t("tiers.downgrade")}
              choices={DOWNGRADES.map((value) => ({ value, label: t(`tiers.downgrade.${value}`) }))}
              disabled={disabled}
            />
            {form.downgrade !== "none" && <FieldNumber control={control} name="grace_days" label={t("tiers.grace")} hint={t("tiers.grace_hint")} affix={t("tiers.days")} disabled={disabled} />}
          </>
        )}
      </div>
      {falls.length > 0 && (
        <dl className="tiers-ends">
          {falls.map((one) => (
            <div key={one.id} data-tier-end={one.id}>
              <dt>{t("tiers.reached_today", { name: nameOf(one, locale.slice(0, 2)) })}</dt>
              <dd>{examples.get(one.id)?.end.join(" ")}</dd>
            </div>
          ))}
        </dl>
      )}
    </Section>
  );
}
