import { Loaded, Page, useT } from "@/kit";
import { useState } from "react";

import { useApiQuery } from "@/api";

import { Editor } from "./Editor";
import "./bonuses.css";

/** What members are given besides purchases: for signing up, answers, birthdays and years. */
export function Bonuses() {
  const t = useT();
  const page = useApiQuery("/api/dashboard/v1/program");
  const [round, setRound] = useState(0);
  const renew = async () => {
    await page.refetch();
    setRound((now) => now + 1);
  };
  if (page.data === undefined) {
    return (
      <Page title={t("bonuses.title")} lead={t("bonuses.lead")}>
        <Loaded query={page} lines={8}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return <Editor key={round} seen={page.data} renew={() => void renew()} />;
}
