import { useT } from "@/kit";

import { OnDraft } from "@/pages/program/OnDraft";

import { Editor } from "./Editor";
import "./rewards.css";

/** What members take for their points: the catalog, its figures, and what waits to be handed over. */
export function Rewards() {
  const t = useT();
  return (
    <OnDraft title={t("rewards.title")} lead={t("rewards.lead")}>
      {(seen, renew) => <Editor seen={seen} renew={renew} />}
    </OnDraft>
  );
}
