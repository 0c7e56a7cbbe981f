import { useForm } from "react-hook-form";

import { useApiMutation, useApiQuery } from "@/api";
import { ConfirmDialog, FieldText, Loaded, Notice, useNotify, useT } from "@/kit";

import type { Member } from "../MemberPage";
import { WhatMoves } from "./WhatMoves";

/** Forgets who a member was; tells before what is lost, and wants the number typed. */
export function Erase({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const form = useForm({ defaultValues: { confirm: "" } });
  const loss = useApiQuery("/api/dashboard/v1/members/{member}/erasure", { params: { path: { member: member.id } } });
  const erase = useApiMutation("post", "/api/dashboard/v1/members/{member}/erasure", {
    onSuccess: () => {
      notify("success", t("members.erased"));
      onClose();
    },
  });
  const submit = form.handleSubmit(({ confirm }) => {
    if (confirm.trim() !== member.id) return form.setError("confirm", { message: t("members.confirm_wrong", { id: member.id }) });
    return erase.mutate({ params: { path: { member: member.id } }, body: { confirm: confirm.trim() } });
  });
  return (
    <ConfirmDialog
      title={t("members.erase")}
      confirm={t("members.erase_now")}
      destructive
      busy={erase.isPending}
      unready={!loss.data}
      error={erase.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <p>{t("members.erase_text")}</p>
      <Loaded query={loss}>
        {(seen) => (
          <>
            <h3>{t("members.is_lost")}</h3>
            <WhatMoves balances={seen.balances} more={[{ name: t("members.live_redemptions"), value: seen.redemptions }]} />
            {seen.has_account && <Notice tone="warning">{t("members.erase_account")}</Notice>}
          </>
        )}
      </Loaded>
      <FieldText control={form.control} name="confirm" label={t("members.confirm", { id: member.id })} maxLength={40} />
    </ConfirmDialog>
  );
}
