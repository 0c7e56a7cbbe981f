import { useState } from "react";
import { useForm } from "react-hook-form";

import { useApiMutation, useApiQuery } from "@/api";
import { ConfirmDialog, FieldText, Notice, useNotify, useT } from "@/kit";

import type { Member } from "../MemberPage";
import { useNameOf } from "../Standing";
import { WhatMoves } from "./WhatMoves";

/** Another member becomes this one: first it is told what moves, then it is done. */
export function Merge({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const nameOf = useNameOf();
  const form = useForm({ defaultValues: { other: "" } });
  const [other, setOther] = useState<string | null>(null);
  const look = useApiMutation("post", "/api/dashboard/v1/members/{member}/merge", { invalidates: [] });
  const merge = useApiMutation("post", "/api/dashboard/v1/members/{member}/merge", {
    onSuccess: () => {
      notify("success", t("members.merged"));
      onClose();
    },
  });
  const who = useApiQuery("/api/dashboard/v1/members/{member}", { params: { path: { member: other ?? "" } } }, { enabled: other !== null });
  const path = { params: { path: { member: member.id } } };
  const seen = look.data;
  const submit = form.handleSubmit((filled) => {
    if (seen && other) return merge.mutate({ ...path, body: { other, dry_run: false } });
    const typed = filled.other.trim();
    if (typed === "") return form.setError("other", { message: t("members.needs_member") });
    return look.mutate({ ...path, body: { other: typed, dry_run: true } }, { onSuccess: (found) => setOther(found.other) });
  });
  return (
    <ConfirmDialog
      title={t("members.merge")}
      confirm={t(seen ? "members.merge_now" : "members.merge_look")}
      destructive={Boolean(seen)}
      busy={look.isPending || merge.isPending}
      error={merge.error ?? look.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      {seen ? (
        <>
          <p>{t("members.merge_text", { other: who.data ? `${nameOf(who.data)} (${seen.other})` : seen.other, id: member.id })}</p>
          <WhatMoves
            balances={seen.balances}
            more={[
              { name: t("members.orders"), value: seen.orders },
              { name: t("members.live_redemptions"), value: seen.redemptions },
              { name: t("members.tab.notes"), value: seen.notes },
            ]}
          />
          {seen.has_account && <Notice tone="info">{t("members.merge_account")}</Notice>}
          <Notice tone="warning">{t("members.for_good")}</Notice>
        </>
      ) : (
        <>
          <p>{t("members.merge_lead", { id: member.id })}</p>
          <FieldText control={form.control} name="other" label={t("members.merge_other")} hint={t("members.merge_other_hint")} maxLength={40} />
        </>
      )}
    </ConfirmDialog>
  );
}
