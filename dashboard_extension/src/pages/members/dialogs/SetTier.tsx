import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { useApiMutation, type components } from "@/api";
import { ConfirmDialog, FieldDate, FieldLongText, FieldSelect, useNotify, useT } from "@/kit";

import type { Member } from "../MemberPage";

/** Sets the tier that a member has at least, through a day, with a reason that colleagues read. */
export function SetTier(props: { member: Member; standing: components["schemas"]["MemberTier"]; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const { member, standing, onClose } = props;
  const schema = z.object({
    tier: z.string().min(1, t("members.tier_needs")),
    through: z.string().nullable().refine((day): day is string => day !== null, t("members.tier_needs_day")),
    reason: z.string().trim().min(1, t("members.needs_text")),
  });
  type Values = { tier: string; through: string | null; reason: string };
  const form = useForm<Values, unknown, z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { tier: standing.manual ?? standing.choices.at(-1)?.id ?? "", through: standing.manual_through, reason: "" },
  });
  const set = useApiMutation("put", "/api/dashboard/v1/members/{member}/tier", {
    onSuccess: ({ name }) => {
      notify("success", t("members.tier_was_set"), t("members.tier_is", { name }));
      onClose();
    },
  });
  const submit = form.handleSubmit((body) => set.mutate({ params: { path: { member: member.id } }, body }));
  return (
    <ConfirmDialog title={t("members.tier_set")} confirm={t("members.save")} busy={set.isPending} error={set.error} onClose={onClose} onConfirm={() => void submit()}>
      <p className="kit-soft">{t("members.tier_set_text")}</p>
      <FieldSelect control={form.control} name="tier" label={t("members.tier")} choices={standing.choices.map(({ id, name }) => ({ value: id, label: name }))} />
      <FieldDate control={form.control} name="through" label={t("members.tier_last_day")} />
      <FieldLongText control={form.control} name="reason" label={t("members.tier_reason")} hint={t("members.tier_reason_hint")} rows={3} maxLength={500} />
    </ConfirmDialog>
  );
}
