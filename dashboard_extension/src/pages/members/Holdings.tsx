import { useApiQuery, type components } from "@/api";
import { Figures, Points, Section, useT, When } from "@/kit";

import { SOON } from "./filters";
import type { Member } from "./MemberPage";

type Balance = components["schemas"]["UnitBalance"];

/** What a member has, unit by unit. */
export function Holdings({ member }: { member: Member }) {
  return member.balances.map((held) =>
    held.unit === "status" ? <StatusPoints key={held.unit} id={member.id} held={held} /> : <Spendable key={held.unit} held={held} />,
  );
}

function Spendable({ held }: { held: Balance }) {
  const t = useT();
  const soon = new Date();
  soon.setDate(soon.getDate() + SOON);
  const expiring = held.expiring.filter((one) => new Date(one.expires_at) <= soon).reduce((sum, one) => sum + one.amount, 0);
  const [next] = held.expiring;
  return (
    <Section
      title={t("members.points")}
      hint={
        next && (
          <>
            {t("members.next_expiry", { points: next.amount })} <When at={next.expires_at} form="day" />
          </>
        )
      }
    >
      <Figures
        items={[
          { name: "available", label: t("members.available"), value: <Points value={held.available} /> },
          { name: "pending", label: t("members.pending"), value: <Points value={held.pending} /> },
          { name: "held", label: t("members.held"), value: <Points value={held.held} /> },
          { name: "debt", label: t("members.debt"), value: <Points value={held.debt} /> },
          { name: "expiring", label: t("members.expiring_soon"), value: <Points value={expiring} /> },
        ]}
      />
    </Section>
  );
}

/** Status points: how many there are, and those that count in the period of the tier. */
function StatusPoints({ id, held }: { id: string; held: Balance }) {
  const t = useT();
  const tier = useApiQuery("/api/dashboard/v1/members/{member}/tier", { params: { path: { member: id } } });
  const counting = tier.data?.enabled ? (tier.data.measures.status_points ?? 0) : null;
  return (
    <Section title={t("members.status_points")} hint={t("members.status_points_hint")}>
      <Figures
        items={[
          ...(typeof counting === "number" ? [{ name: "status-counting", label: t("members.status_counting"), value: <Points value={counting} /> }] : []),
          { name: "status-available", label: t("members.status_available"), value: <Points value={held.available} /> },
        ]}
      />
    </Section>
  );
}
