import { useT } from "@/kit";

import { OnDraft } from "@/pages/program/OnDraft";

import { Editor } from "./Editor";
import "./tiers.css";

/** The levels that members reach: who has them, what they take and give, and how they are lost. */
export function Tiers() {
  const t = useT();
  return (
    <OnDraft title={t("tiers.title")} lead={t("tiers.lead")}>
      {(seen, renew) => <Editor seen={seen} renew={renew} />}
    </OnDraft>
  );
}
