import { useApiQuery } from "@/api";
import { Loaded, Page, useT } from "@/kit";

import { Switches } from "./Switches";
import { Troubles } from "./Troubles";

/** Where the owner begins: what is wrong, and what is on. */
export function Start() {
  const t = useT();
  const overview = useApiQuery("/api/dashboard/v1/overview");
  return (
    <Page title={t("start.title")} lead={t("start.lead")}>
      <Loaded query={overview} lines={8}>
        {(seen) => (
          <>
            <Troubles problems={seen.problems} />
            <Switches switches={seen.switches} mayChange={seen.may_change} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
