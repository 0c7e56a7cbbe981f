import { useEffect, useRef, useState } from "react";
import { NavLink, Outlet, useLocation, useNavigation, useRouteError } from "react-router";

import { ApiFailure } from "@/api";
import { Button, Empty, Failure, Notice, Skeleton, useChosenInSight, useStaff, useT } from "@/kit";

import { PAGES } from "./pages";
import { answers, reload } from "./reload";

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

/** A page that failed, or whose parts cannot be had. */
export function Broken() {
  const error = useRouteError();
  return <div className="kit-page">{isMissing(error) ? <Missing /> : <Failure error={error} retry={() => reload()} />}</div>;
}

/** Whether a script or a style of the page could not be had. */
export function isMissing(error: unknown): boolean {
  if (error instanceof TypeError) return /import|module|fetch/i.test(error.message);
  return error instanceof Error && /preload/i.test(error.message);
}

/** Parts of the page that cannot be had: as the app does not answer, or since it serves a newer version. */
export function Missing(props: { again?: () => Promise<boolean> }) {
  const t = useT();
  const again = props.again ?? reload;
  const [there, setThere] = useState<boolean | null>(null);
  useEffect(() => void answers().then(setThere), []);
  if (there === null) return <Skeleton lines={2} />;
  if (!there) return <Failure error={new ApiFailure(0, "unreachable", "")} retry={again} />;
  return (
    <Notice tone="warning" live actions={<Button onClick={() => void again()}>{t("shell.reload")}</Button>}>
      <strong>{t("shell.outdated")}</strong>
      <p>{t("shell.outdated_text")}</p>
    </Notice>
  );
}
