import { useT } from "@/kit";

import { OnDraft } from "@/pages/program/OnDraft";

import { Editor } from "./Editor";
import "./bonuses.css";

/** What members are given besides purchases: for signing up, answers, birthdays and years. */
export function Bonuses() {
  const t = useT();
  return (
    <OnDraft title={t("bonuses.title")} lead={t("bonuses.lead")}>
      {(seen, renew) => <Editor seen={seen} renew={renew} />}
    </OnDraft>
  );
}
