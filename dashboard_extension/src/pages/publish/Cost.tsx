import { Button, Empty, Failure, FailureOf, Figures, Money, Notice, Points, Progress, Section, Skeleton, Table, useMoney, useT, When } from "@/kit";

import { useApiMutation, useApiQuery, type Answer } from "@/api";

type CostOf = Answer<"/api/dashboard/v1/publishing/cost">;
export type ChannelCost = NonNullable<CostOf["channels"]>[number];

/** What the draft would have cost on the orders of the last 90 days. */
export function Cost(props: { mayChange: boolean }) {
  const t = useT();
  const cost = useApiQuery("/api/dashboard/v1/publishing/cost", undefined, {
    keep: true,
  });
  const running = cost.data?.sampling.state === "running";
  const sample = useApiQuery("/api/dashboard/v1/program/sample", undefined, { enabled: running, refetchInterval: running ? 1500 : false });
  const begin = useApiMutation("put", "/api/dashboard/v1/program/sample", { invalidates: ["/api/dashboard/v1/publishing/cost", "/api/dashboard/v1/program/sample"] });
  const stop = useApiMutation("delete", "/api/dashboard/v1/program/sample", { invalidates: ["/api/dashboard/v1/publishing/cost", "/api/dashboard/v1/program/sample"] });
  const state = running ? (sample.data ?? cost.data?.sampling) : cost.data?.sampling;
  if (running && sample.data !== undefined && sample.data.state !== "running" && !cost.isFetching) void cost.refetch();
  const read = props.mayChange ? (
    <Button type="button" variant="secondary" disabled={begin.isPending || running} onClick={() => begin.mutate({ params: { query: { anew: true } } })} data-sample="begin">
      {t(cost.data?.channels ? "publish.read_again" : "publish.read_orders")}
    </Button>
  ) : undefined;
  return (
    <Section title={t("publish.cost")} hint={t("publish.cost_hint")} actions={cost.data?.channels && !running ? read : undefined}>
      <FailureOf query={cost} />
      {begin.error && <Failure error={begin.error} />}
      {running && <FailureOf query={sample} />}
      {stop.error && <Failure error={stop.error} />}
      {cost.data === undefined && !cost.error && <Skeleton lines={4} />}
      {running && state && (
        <Progress
          label={t("publish.reading", { count: state.orders })}
          done={state.progress}
          total={100}
          cancel={props.mayChange ? () => stop.mutate({}) : undefined}
          cancelling={stop.isPending}
        />
      )}
      {cost.data && !running && cost.data.channels === null && (
        <Empty title={t("publish.no_cost")} action={read}>
          {t("publish.no_cost_text")}
        </Empty>
      )}
      {cost.data?.channels && (
        <>
          {cost.data.sampling.stale && cost.data.sampling.until && (
            <p className="kit-soft">
              {t("publish.stale")} <When at={cost.data.sampling.until} form="day" />
            </p>
          )}
          {cost.data.channels.length === 0 && <Notice tone="info">{t("publish.no_orders")}</Notice>}
          {cost.data.channels.map((one) => (
            <OneChannel key={`${one.channel} ${one.currency}`} cost={one} days={cost.data.days ?? 90} />
          ))}
        </>
      )}
    </Section>
  );
}

/** One channel's orders, and what they bring by rule. */
export function OneChannel(props: { cost: ChannelCost; days: number }) {
  const t = useT();
  const money = useMoney();
  const { cost } = props;
  return (
    <div className="kit-stack" data-cost={cost.channel}>
      <h3>
        {cost.channel_name} <span className="kit-soft">{cost.currency}</span>
      </h3>
      <Figures
        items={[
          { label: t("publish.monthly"), value: <Money {...cost.monthly} />, name: `monthly-${cost.channel}` },
          ...(cost.monthly_before === null ? [] : [{ label: t("publish.monthly_before"), value: <Money {...cost.monthly_before} /> }]),
          { label: t("publish.points"), value: <Points value={cost.points} /> },
          { label: t("publish.share"), value: cost.share },
        ]}
      />
      <p className="kit-soft">{t("publish.based", { orders: cost.orders, earning: cost.earning, days: props.days })}</p>
      {cost.top !== null && (
        <p className="kit-soft" data-top={cost.top.points}>
          {t(tiersKnown(cost), { known: cost.tier_known, orders: cost.orders })} {t("publish.top", { tier: cost.top.tier, points: cost.top.points, monthly: money(cost.top.monthly) })}
        </p>
      )}
      {cost.not_judged.length > 0 && <p className="kit-soft">{t("publish.not_judged", { rules: cost.not_judged.join(", ") })}</p>}
      {cost.rules.length > 1 && (
        <Table
          label={t("publish.by_rule", { channel: cost.channel_name })}
          rows={cost.rules}
          rowKey={(row) => row.id}
          columns={[
            { id: "rule", title: t("publish.rule"), cell: (row) => row.rule },
            { id: "points", title: t("publish.points"), align: "end", cell: (row) => <Points value={row.points} /> },
          ]}
        />
      )}
    </div>
  );
}

function tiersKnown(cost: ChannelCost): string {
  if (cost.tier_known === 0) return "publish.tier_known_none";
  return cost.tier_known === cost.orders ? "publish.tier_known_all" : "publish.tier_known";
}
