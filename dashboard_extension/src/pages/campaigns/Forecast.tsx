import { useState } from "react";

import { useApiMutation, type components } from "@/api";
import { Button, Failure, Money, Notice, Points, Section, Table, useT, type Column } from "@/kit";

import { PATH } from "./form";
import type { Terms } from "./Editor";

type ForecastChannel = components["schemas"]["ForecastChannel"];
const SHARES = [100, 50, 20, 10, 5] as const;

/** What the terms in the form may cost, on past orders; asked for by a button, as it reads them all. */
export function Forecast({ terms, points }: { terms: () => Terms; points: boolean }) {
  const t = useT();
  const [share, setShare] = useState<number>(points ? 100 : 20);
  const forecast = useApiMutation("post", `${PATH}/forecast`, { invalidates: [] });
  const found = forecast.data;
  const columns: Column<ForecastChannel>[] = [
    { id: "channel", title: t("campaigns.channel"), cell: (row) => row.channel },
    { id: "orders", title: t("campaigns.sampled"), align: "end", cell: (row) => <Points value={row.orders} /> },
    { id: "eligible", title: t("campaigns.eligible"), align: "end", cell: (row) => <Points value={row.eligible} /> },
    {
      id: "cost",
      title: t("campaigns.may_cost"),
      align: "end",
      cell: (row) =>
        row.money ? (
          <Money {...row.money} />
        ) : (
          <span>
            <Points value={row.points} /> {t("campaigns.points")}
            {row.worth && (
              <>
                {" "}
                (<Money {...row.worth} />)
              </>
            )}
            {found?.top_tier && (
              <span className="kit-soft" data-top={row.top_points}>
                <br />
                {t("campaigns.forecast_known", { known: row.tier_known, orders: row.orders })} {t("campaigns.forecast_top", { tier: found.top_tier, points: row.top_points })}
                {row.top_worth && (
                  <>
                    {" "}
                    (<Money {...row.top_worth} />)
                  </>
                )}
              </span>
            )}
          </span>
        ),
    },
  ];
  return (
    <Section title={t("campaigns.forecast")} hint={t(points ? "campaigns.forecast_hint_points" : "campaigns.forecast_hint")}>
      <div className="campaigns-ask">
        {!points && (
          <label className="campaigns-filter">
            <span>{t("campaigns.share")}</span>
            <span className="kit-input">
              <select value={share} onChange={(event) => setShare(Number(event.target.value))}>
                {SHARES.map((one) => (
                  <option key={one} value={one}>
                    {t("campaigns.percent_of", { percent: one })}
                  </option>
                ))}
              </select>
            </span>
          </label>
        )}
        <Button variant="secondary" disabled={forecast.isPending} onClick={() => forecast.mutate({ body: { terms: terms(), use_percent: points ? 100 : share } })}>
          {t("campaigns.work_out")}
        </Button>
      </div>
      <div aria-live="polite">
        {forecast.error && <Failure error={forecast.error} />}
        {found && !found.known && <Notice tone="info">{t("campaigns.no_sample")}</Notice>}
        {found?.known && (
          <>
            <p className="kit-soft">{t("campaigns.forecast_days", { days: found.days, sample: found.sample_days })}</p>
            <Table label={t("campaigns.forecast")} rows={found.channels} columns={columns} rowKey={(row) => row.channel} />
          </>
        )}
      </div>
    </Section>
  );
}
