import { NavLink, Outlet } from "react-router";

import { useT } from "@/kit";

const BASE = "/settings/messages";
const LISTS = ["log", "announcement", "consents"] as const;

/** How members are written to, what was sent, and what the law asks for. */
export function Messages() {
  const t = useT();
  return (
    <div className="settings-form">
      <nav className="settings-lists" aria-label={t("messages.lists")}>
        <NavLink to={BASE} end>
          {t("messages.list.mail")}
        </NavLink>
        {LISTS.map((one) => (
          <NavLink key={one} to={`${BASE}/${one}`}>
            {t(`messages.list.${one}`)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}
