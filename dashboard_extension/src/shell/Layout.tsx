import { useEffect, useRef } from "react";
import { NavLink, Outlet, useLocation, useNavigation, useRouteError } from "react-router";

import { Button, Empty, Failure, Notice, Skeleton, useChosenInSight, useStaff, useT } from "@/kit";

import { PAGES } from "./pages";

/** The navigation, and the page below it. */
export function Layout() {
  const t = useT();
  const staff = useStaff();
  const { state } = useNavigation();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const row = useRef<HTMLUListElement>(null);
  useChosenInSight(row, pathname);
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    window.scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [pathname]);
  const shown = PAGES.filter((page) => page.for === undefined || staff.mayAny(...page.for));
  return (
    <>
      <a className="shell-skip" href="#content">
        {t("shell.skip")}
      </a>
      <header className="shell-head">
        <nav aria-label={t("shell.navigation")}>
          <ul ref={row} className="kit-tabrow">
            {shown.map((page) => (
              <li key={page.area}>
                <NavLink to={page.path} end={page.path === "/"}>
                  {t(`shell.nav.${page.area}`)}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="content" tabIndex={-1} ref={main} aria-busy={state === "loading"}>
        <Outlet />
      </main>
    </>
  );
}

export function Waiting() {
  return (
    <div className="kit-page">
      <Skeleton lines={6} />
    </div>
  );
}

/** An address that no page has. */
export function NothingHere() {
  const t = useT();
  return (
    <div className="kit-page">
      <Empty
        title={t("shell.nothing_here")}
        action={
          <NavLink className="kit-link" to="/">
            {t("shell.to_start")}
          </NavLink>
        }
      >
        {t("shell.nothing_here_text")}
      </Empty>
    </div>
  );
}

/** A page that failed, or whose parts cannot be had since a newer version is served. */
export function Broken() {
  const t = useT();
  const error = useRouteError();
  const gone = error instanceof TypeError && /import|module|fetch/i.test(error.message);
  return (
    <div className="kit-page">
      {gone ? (
        <Notice tone="warning" live actions={<Button onClick={() => location.reload()}>{t("shell.reload")}</Button>}>
          <strong>{t("shell.outdated")}</strong>
          <p>{t("shell.outdated_text")}</p>
        </Notice>
      ) : (
        <Failure error={error} retry={() => location.reload()} />
      )}
    </div>
  );
}
