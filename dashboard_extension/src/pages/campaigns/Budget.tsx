import { useWatch, type Control } from "react-hook-form";

import { FieldMoney, FieldNumber, FieldSelect, FieldSwitch, useT } from "@/kit";

import type { CampaignForm } from "./form";

const REACHED = ["stop", "reduce", "warn"] as const;

/** What a campaign may cost, and what happens then. */
export function Budget({ control, start }: { control: Control<CampaignForm>; start: CampaignForm }) {
  const t = useT();
  const [budgeted, kind, channels] = useWatch({ control, name: ["budgeted", "kind", "channels"] });
  const points = kind === "points";
  const used = new Set(channels.filter(({ on }) => on).map(({ currency }) => currency));
  const choices = REACHED.filter((one) => one !== "reduce" || kind !== "free_shipping");
  return (
    <>
      <FieldSwitch control={control} name="budgeted" label={t("campaigns.budgeted")} hint={budgeted ? undefined : t("campaigns.unlimited")} />
      {budgeted && (
        <div className="kit-fields">
          {points && <FieldNumber control={control} name="points" label={t("campaigns.budget_points")} />}
          {!points &&
            start.money.map(
              ({ currency }, at) =>
                used.has(currency) && (
                  <FieldMoney key={currency} control={control} name={`money.${at}.amount`} label={t("campaigns.budget_money", { currency })} currency={currency} />
                ),
            )}
          <FieldNumber control={control} name="warn" label={t("campaigns.warn")} hint={t("campaigns.warn_hint")} affix="%" />
          <FieldSelect
            control={control}
            name="reached"
            label={t("campaigns.reached")}
            choices={choices.map((value) => ({ value, label: t(`campaigns.reached.${points ? "points" : "money"}.${value}`) }))}
          />
        </div>
      )}
    </>
  );
}
