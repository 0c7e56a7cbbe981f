import { useRef } from "react";
import { NavLink, Outlet, useLocation } from "react-router";

import { Page, useChosenInSight, useStaff, useT } from "@/kit";

import { TABS } from "./tabs";

/** How the app works for this store: each part at an address of its own. */
export function Settings() {
  const t = useT();
  const staff = useStaff();
  const row = useRef<HTMLElement>(null);
  useChosenInSight(row, useLocation().pathname);
  const shown = TABS.filter((tab) => tab.for === undefined || staff.mayAny(...tab.for));
  return (
    <Page title={t("settings.title")} lead={t("settings.lead")}>
      <nav ref={row} className="settings-tabs kit-tabrow" aria-label={t("settings.parts")}>
        {shown.map((tab) => (
          <NavLink key={tab.path} to={tab.path} end={tab.path === "/settings"}>
            {t(tab.label)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
}
