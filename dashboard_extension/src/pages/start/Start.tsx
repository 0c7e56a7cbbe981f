import "./start.css";

import { useApiQuery } from "@/api";
import { Loaded, Page, useT } from "@/kit";

import { Checklist } from "./Checklist";
import { Standing } from "./Standing";
import { Switches } from "./Switches";
import { Troubles } from "./Troubles";

/** While the app reads the orders of a new store, or a step is taken elsewhere: look again by itself. */
const LOOK_AGAIN = 15_000;

/** Where the owner begins: what is left to do, what is wrong, and what is on. */
export function Start() {
  const t = useT();
  const start = useApiQuery("/api/dashboard/v1/start", undefined, { refetchInterval: LOOK_AGAIN });
  return (
    <Page title={t("start.title")} lead={t("start.lead")}>
      <Loaded query={start} lines={8}>
        {(seen) => (
          <>
            <Troubles problems={seen.problems} />
            <Standing program={seen.program} figures={seen.figures} />
            <Checklist steps={seen.steps} />
            <Switches switches={seen.switches} mayChange={seen.may_change} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
