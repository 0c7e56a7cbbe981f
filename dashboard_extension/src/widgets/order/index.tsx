import { useApiQuery, type Answer } from "@/api/hooks";
import { Badge, Button, Empty, Figures, Given, Loaded, Notice, Points, useT, When } from "@/kit";

import { useChanges } from "../shared/changes";
import { Entries } from "../shared/Entries";
import { param, useOpenPage } from "../shared/place";
import { Refund } from "./Refund";

const PATH = "/api/dashboard/v1/widgets/order";
type Seen = Answer<typeof PATH>;

/** Beside an order: what it brought and cost, why, and what a refund would change. */
export function Widget() {
  useChanges();
  const order = param("orderId");
  const query = useApiQuery(PATH, { params: { query: { order_id: order } } });
  return <Loaded query={query}>{(seen) => <Shown seen={seen} order={order} />}</Loaded>;
}

function Shown({ seen, order }: { seen: Seen; order: string }) {
  const t = useT();
  const openPage = useOpenPage();
  if (!seen.live && seen.entries.length === 0) return <Empty title={t("order.not_live")}>{t("shared.not_live")}</Empty>;
  const { member } = seen;
  const left = seen.lines?.some((line) => line.left > 0) ?? false;
  return (
    <>
      <Totals seen={seen} />
      {seen.note !== null && <p className="kit-soft widget-note">{seen.note}</p>}
      {seen.entries.length > 0 && <Entries entries={seen.entries} label={t("order.entries")} />}
      {seen.problem && seen.entries.length > 0 && <Notice tone="warning">{seen.problem.message}</Notice>}
      {left && seen.entries.length > 0 && <Refund order={order} lines={seen.lines ?? []} />}
      {member && (
        <div className="kit-actions">
          <Button size="small" variant="tertiary" onClick={() => openPage(`/members/${member.id}`)} data-deed="open">
            {t("shared.open_member")}
          </Button>
        </div>
      )}
    </>
  );
}

function Totals({ seen }: { seen: Seen }) {
  const t = useT();
  const items = [
    {
      label: t("order.earned"),
      name: "earned",
      value: (
        <>
          <Points value={seen.earned} />
          {seen.taken_back > 0 && (
            <span className="kit-small">{t("order.taken_back", { points: seen.taken_back })}</span>
          )}
          {seen.forgiven > 0 && <span className="kit-small">{t("order.forgiven", { points: seen.forgiven })}</span>}
        </>
      ),
    },
    ...seen.spent.map((one) => ({
      label: t("order.spent"),
      name: "spent",
      value: (
        <>
          <Points value={one.points} />
          <span className="kit-small">
            <Given {...one} />
            {one.restored > 0 && ` · ${t("order.restored", { points: one.restored })}`}
          </span>
        </>
      ),
    })),
  ];
  return (
    <>
      <Figures items={items} />
      <State seen={seen} />
    </>
  );
}

function State({ seen }: { seen: Seen }) {
  const t = useT();
  if (seen.state === "available") return <div><Badge tone="success">{t("order.available")}</Badge></div>;
  if (seen.state !== "pending") return null;
  return (
    <div>
      <Badge tone="info">
        {seen.available_from === null ? (
          t("order.pending_fulfillment")
        ) : (
          <>
            {t("order.pending_until")} <When at={seen.available_from} form="day" />
          </>
        )}
      </Badge>
    </div>
  );
}
