import { actions } from "@saleor/app-sdk/app-bridge";

import { useApiQuery, type Answer } from "@/api/hooks";
import { Button, Empty, Figures, Loaded, Money, Notice, Points, useBridge, useT, When } from "@/kit";

import { useChanges } from "../shared/changes";
import { Entries } from "../shared/Entries";
import { MemberState, type Member } from "../shared/Member";
import { param, useOpenPage } from "../shared/place";

const PATH = "/api/dashboard/v1/widgets/customer";
/** The popup's identifier in the manifest. */
const GIVE_POINTS = "loyalty-give-points";
type Seen = Answer<typeof PATH>;

/** Beside a customer: what they have, why, and a way to give or take points. */
export function Widget() {
  useChanges();
  const customer = param("customerId");
  const query = useApiQuery(PATH, { params: { query: { customer_id: customer } } });
  return <Loaded query={query}>{(seen) => <Shown seen={seen} customer={customer} />}</Loaded>;
}

function Shown({ seen, customer }: { seen: Seen; customer: string }) {
  const t = useT();
  const openPage = useOpenPage();
  if (!seen.live && seen.entries.length === 0) {
    return (
      <Empty
        title={t("customer.not_live")}
        action={
          <Button size="small" variant="secondary" onClick={() => openPage("/")}>
            {t("shared.to_program")}
          </Button>
        }
      >
        {t("shared.not_live")}
      </Empty>
    );
  }
  if (seen.member === null) return <Empty title={t("customer.unknown")}>{t("customer.unknown_text")}</Empty>;
  return (
    <>
      {!seen.live && <Notice tone="warning">{t("shared.not_live")}</Notice>}
      <MemberState member={seen.member} />
      <Balance seen={seen} />
      {seen.entries.length > 0 ? (
        <Entries entries={seen.entries} label={t("customer.entries")} />
      ) : (
        <p className="kit-soft">{t("customer.no_entries")}</p>
      )}
      <Deeds member={seen.member} customer={customer} mayGive={seen.may_give && seen.live} />
    </>
  );
}

function Balance({ seen }: { seen: Seen }) {
  const t = useT();
  const { points } = seen;
  const next = points.expiring[0];
  const items = [
    {
      label: t("customer.available"),
      name: "available",
      value: (
        <>
          <Points value={points.available} />
          {points.worth && (
            <span className="kit-small">
              <Money {...points.worth} />
            </span>
          )}
        </>
      ),
    },
    { label: t("customer.pending"), name: "pending", value: <Points value={points.pending} /> },
    ...(points.held > 0 ? [{ label: t("customer.held"), name: "held", value: <Points value={points.held} /> }] : []),
    ...(seen.debt > 0 ? [{ label: t("customer.debt"), name: "debt", value: <Points value={seen.debt} /> }] : []),
  ];
  return (
    <>
      <Figures items={items} />
      {next && (
        <p className="kit-soft kit-small">
          {t("customer.expiring", { points: next.amount })} <When at={next.expires_at} form="day" />
        </p>
      )}
    </>
  );
}

function Deeds(props: { member: Member; customer: string; mayGive: boolean }) {
  const t = useT();
  const bridge = useBridge();
  const openPage = useOpenPage();
  const page = `/members/${props.member.id}`;
  const give = async () => {
    const opened = await bridge.act(
      actions.OpenPopup({ extensionIdentifier: GIVE_POINTS, params: { customerId: props.customer } }),
    );
    // Dashboards before 3.23 do not open popups for widgets; the member's page can do the same.
    if (!opened) openPage(page);
  };
  return (
    <div className="kit-actions">
      {props.mayGive && (
        <Button size="small" variant="secondary" onClick={() => void give()} data-deed="give">
          {t("customer.give")}
        </Button>
      )}
      <Button size="small" variant="tertiary" onClick={() => openPage(page)} data-deed="open">
        {t("shared.open_member")}
      </Button>
    </div>
  );
}
