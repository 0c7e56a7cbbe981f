import { Loaded, Page, useT } from "@/kit";
import { useState } from "react";

import { useApiQuery } from "@/api";

import { Editor } from "./Editor";
import "@/pages/program/program.css";
import "./rules.css";

/** How points are earned: the rules of the program, each as a sentence that can be changed. */
export function Rules() {
  const t = useT();
  const page = useApiQuery("/api/dashboard/v1/program");
  const [round, setRound] = useState(0);
  const renew = async () => {
    await page.refetch();
    setRound((now) => now + 1);
  };
  if (page.data === undefined) {
    return (
      <Page title={t("rules.title")} lead={t("rules.lead")}>
        <Loaded query={page} lines={8}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return <Editor key={round} seen={page.data} renew={() => void renew()} />;
}
