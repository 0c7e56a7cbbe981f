import { Loaded, Page, useT } from "@/kit";
import { useState } from "react";

import { useApiQuery } from "@/api";

import { Editor } from "./Editor";
import "./program.css";

/** The program: everything an owner decides, as one form. */
export function Program() {
  const t = useT();
  const page = useApiQuery("/api/dashboard/v1/program");
  const [round, setRound] = useState(0);
  const renew = async () => {
    await page.refetch();
    setRound((now) => now + 1);
  };
  if (page.data === undefined) {
    return (
      <Page title={t("program.title")} lead={t("program.lead")}>
        <Loaded query={page} lines={10}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return <Editor key={round} seen={page.data} renew={() => void renew()} />;
}
