import { useT } from "@/kit";

import { OnDraft } from "@/pages/program/OnDraft";

import { Editor } from "./Editor";
import "@/pages/rules/rules.css";
import "./segments.css";

/** Groups of members by what they bought, when, and who they are. */
export function Segments() {
  const t = useT();
  return (
    <OnDraft title={t("segments.title")} lead={t("segments.lead")}>
      {(seen, renew) => <Editor seen={seen} renew={renew} />}
    </OnDraft>
  );
}
