import { useT } from "@/kit";

import { OnDraft } from "@/pages/program/OnDraft";

import { Editor } from "./Editor";
import "@/pages/program/program.css";
import "./rules.css";

/** How points are earned: the rules of the program, each as a sentence that can be changed. */
export function Rules() {
  const t = useT();
  return (
    <OnDraft title={t("rules.title")} lead={t("rules.lead")}>
      {(seen, renew) => <Editor seen={seen} renew={renew} />}
    </OnDraft>
  );
}
