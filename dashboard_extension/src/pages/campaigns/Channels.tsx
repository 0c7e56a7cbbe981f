import { useWatch, type Control } from "react-hook-form";

import { FieldDecimal, FieldMoney, FieldSwitch, useT } from "@/kit";

import type { CampaignForm } from "./form";

/**
 * Where a campaign runs, and what it takes off there: explicit in each channel's currency.
 *
 * What a low budget leaves belongs to the budget, and can be changed as long as that.
 */
export function Channels({ control, start, disabled }: { control: Control<CampaignForm>; start: CampaignForm; disabled: boolean }) {
  const t = useT();
  const [kind, channels, reached, budgeted] = useWatch({ control, name: ["kind", "channels", "reached", "budgeted"] });
  const lowers = budgeted && reached === "reduce" && (kind === "percent" || kind === "amount");
  return (
    <ul className="campaigns-channels">
      {start.channels.map(({ slug, name, currency, active }, at) => (
        <li key={slug} data-channel={slug}>
          <FieldSwitch
            control={control}
            name={`channels.${at}.on`}
            label={`${name} (${currency})`}
            hint={active ? undefined : t("campaigns.channel_off")}
            disabled={disabled}
          />
          {channels[at]?.on && kind !== "points" && (
            <div className="kit-fields">
              {kind === "percent" && <FieldDecimal control={control} name={`channels.${at}.value`} label={t("campaigns.percent")} affix="%" disabled={disabled} />}
              {kind === "amount" && <FieldMoney control={control} name={`channels.${at}.value`} label={t("campaigns.amount")} currency={currency} disabled={disabled} />}
              {lowers && (
                <FieldDecimal
                  control={control}
                  name={`channels.${at}.reduced`}
                  label={t("campaigns.reduced")}
                  affix={kind === "percent" ? "%" : currency}
                />
              )}
              <FieldMoney control={control} name={`channels.${at}.minimum`} label={t("campaigns.minimum")} currency={currency} disabled={disabled} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
