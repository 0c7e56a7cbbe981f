import { useT } from "@/kit";

import { OnDraft } from "@/pages/program/OnDraft";

import { Editor } from "./Editor";
import "@/pages/rules/rules.css";
import "@/pages/settings/settings.css";
import "./events.css";

/** What other systems of the store may report that members did, and what became of it. */
export function Events() {
  const t = useT();
  return (
    <OnDraft title={t("events.title")} lead={t("events.lead")}>
      {(seen, renew) => <Editor seen={seen} renew={renew} />}
    </OnDraft>
  );
}
