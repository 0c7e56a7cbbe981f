import { NavLink, Outlet } from "react-router";

import { Page, useStaff, useT } from "@/kit";

import { TABS } from "./tabs";

/** How the app works for this store: each part at an address of its own. */
export function Settings() {
  const t = useT();
  const staff = useStaff();
  const shown = TABS.filter((tab) => tab.for === undefined || staff.mayAny(...tab.for));
  return (
    <Page title={t("settings.title")} lead={t("settings.lead")}>
      <nav className="settings-tabs" aria-label={t("settings.parts")}>
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
