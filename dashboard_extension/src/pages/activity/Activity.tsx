import { useRef } from "react";
import { Navigate, NavLink, Outlet, useLocation } from "react-router";

import { Page, useChosenInSight, useStaff, useT, type Permission } from "@/kit";

interface Tab {
  readonly id: string;
  readonly for?: readonly Permission[];
}

const OF_MEMBERS: readonly Permission[] = ["MANAGE_USERS", "MANAGE_ORDERS"];
const TABS: readonly Tab[] = [
  { id: "cases", for: OF_MEMBERS },
  { id: "redemptions", for: OF_MEMBERS },
  { id: "changes" },
  { id: "audits" },
  { id: "inbox" },
  { id: "dead-letters" },
  { id: "jobs" },
];

function useTabs(): readonly Tab[] {
  const staff = useStaff();
  return TABS.filter((tab) => tab.for === undefined || staff.mayAny(...tab.for));
}

/** What happens in the store: each list at an address of its own. */
export function Activity() {
  const t = useT();
  const row = useRef<HTMLElement>(null);
  useChosenInSight(row, useLocation().pathname);
  return (
    <Page title={t("activity.title")} lead={t("activity.lead")}>
      <nav ref={row} className="activity-tabs kit-tabrow" aria-label={t("activity.lists")}>
        {useTabs().map((tab) => (
          <NavLink key={tab.id} to={`/activity/${tab.id}`}>
            {t(`activity.tab.${tab.id}`)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
}

export function FirstTab() {
  const [first] = useTabs();
  return <Navigate to={`/activity/${first?.id ?? "changes"}`} replace />;
}
