import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { useApiMutation } from "@/api";
import { ConfirmDialog, FieldLongText, FieldSwitch, useNotify, useT } from "@/kit";

import type { Member } from "../MemberPage";

/** Blocks spending, earning and codes, each by itself, with a reason that colleagues read. */
export function Blocks({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const schema = z.object({
    spending: z.boolean(),
    earning: z.boolean(),
    codes: z.boolean(),
    reason: z.string().trim().min(1, t("members.needs_text")),
  });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      spending: member.blocked.includes("spending"),
      earning: member.blocked.includes("earning"),
      codes: member.blocked.includes("codes"),
      reason: "",
    },
  });
  const block = useApiMutation("put", "/api/dashboard/v1/members/{member}/blocks", {
    onSuccess: () => {
      notify("success", t("members.blocks_saved"));
      onClose();
    },
  });
  const submit = form.handleSubmit((body) => block.mutate({ params: { path: { member: member.id } }, body }));
  return (
    <ConfirmDialog
      title={t("members.blocks")}
      confirm={t("members.save")}
      busy={block.isPending}
      error={block.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <div>
        <FieldSwitch control={form.control} name="spending" label={t("members.block.spending")} hint={t("members.block_hint.spending")} />
        <FieldSwitch control={form.control} name="earning" label={t("members.block.earning")} hint={t("members.block_hint.earning")} />
        <FieldSwitch control={form.control} name="codes" label={t("members.block.codes")} hint={t("members.block_hint.codes")} />
      </div>
      <FieldLongText control={form.control} name="reason" label={t("members.block_reason")} rows={3} maxLength={2000} />
    </ConfirmDialog>
  );
}
