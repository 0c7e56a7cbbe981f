import { useState } from "react";

import { useApiMutation, type components } from "@/api";
import { ConfirmDialog, useNotify, useT } from "@/kit";

import { PATH, type CampaignOf } from "./form";

type Code = Pick<components["schemas"]["CodeLine"], "id" | "code">;
/** So many codes one request ends. */
export const AT_ONCE = 500;

/** Asks once, ends the codes, and tells how many could not be ended because they had ended before. */
export function Revoke({ of, codes, onClose }: { of: CampaignOf; codes: readonly Code[]; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const revoke = useApiMutation("post", `${PATH}/{campaign}/codes/revoke`);
  const [done, setDone] = useState({ sent: 0, revoked: 0 });
  const [busy, setBusy] = useState(false);
  const only = codes.length === 1 ? codes[0] : undefined;
  const left = codes.length - done.sent;
  const send = async () => {
    let { sent, revoked } = done;
    setBusy(true);
    try {
      while (sent < codes.length) {
        const some = codes.slice(sent, sent + AT_ONCE);
        const answer = await revoke.mutateAsync({ params: { path: { campaign: of.id } }, body: { codes: some.map((code) => code.id) } });
        sent += some.length;
        revoked += answer.revoked;
        setDone({ sent, revoked });
      }
    } catch {
      // The dialog shows the mutation's error; what is left may be sent again.
      return;
    } finally {
      setBusy(false);
    }
    const over = sent - revoked;
    const ended = t("campaigns.not_revoked", { count: over });
    if (revoked === 0) notify("info", ended);
    else notify(over > 0 ? "warning" : "success", t("campaigns.revoked", { count: revoked }), over > 0 ? ended : undefined);
    onClose();
  };
  return (
    <ConfirmDialog
      title={only ? t("campaigns.revoke_named", { code: only.code }) : t("campaigns.revoke_many", { count: codes.length })}
      confirm={t("campaigns.revoke")}
      destructive
      busy={busy}
      error={revoke.error}
      onClose={onClose}
      onConfirm={() => void send()}
    >
      <p>{t("campaigns.revoke_text", { count: codes.length })}</p>
      {revoke.error && done.sent > 0 && <p role="status">{t("campaigns.revoke_left", { done: done.revoked, left })}</p>}
    </ConfirmDialog>
  );
}
