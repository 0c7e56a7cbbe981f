import { useT } from "@/kit";

import { Editor } from "./Editor";
import { OnDraft } from "./OnDraft";
import "./program.css";

/** The program: everything an owner decides, as one form. */
export function Program() {
  const t = useT();
  return (
    <OnDraft title={t("program.title")} lead={t("program.lead")} lines={10}>
      {(seen, renew) => <Editor seen={seen} renew={renew} />}
    </OnDraft>
  );
}
