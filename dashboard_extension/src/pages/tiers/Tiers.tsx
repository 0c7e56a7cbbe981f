import { Loaded, Page, useT } from "@/kit";
import { useState } from "react";

import { useApiQuery } from "@/api";

import { Editor } from "./Editor";
import "./tiers.css";

/** The levels that members reach: who has them, what they take and give, and how they are lost. */
export function Tiers() {
  const t = useT();
  const page = useApiQuery("/api/dashboard/v1/program");
  const [round, setRound] = useState(0);
  const renew = async () => {
    await page.refetch();
    setRound((now) => now + 1);
  };
  if (page.data === undefined) {
    return (
      <Page title={t("tiers.title")} lead={t("tiers.lead")}>
        <Loaded query={page} lines={8}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return <Editor key={round} seen={page.data} renew={() => void renew()} />;
}
