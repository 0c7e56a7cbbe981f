import { useForm } from "react-hook-form";

import { useApiMutation } from "@/api";
import { ConfirmDialog, FieldSelect, Notice, useT } from "@/kit";

import { PATH, type Key, type Made } from "./keys";

/** For how long the old secret works on, in hours. */
const GRACES = [0, 1, 24, 72, 168] as const;

/** Makes a new secret; says what becomes of the old one. */
export function Rotate({ of, onClose, onMade }: { of: Key; onClose: () => void; onMade: (made: Made) => void }) {
  const t = useT();
  const form = useForm({ defaultValues: { hours: "24" } });
  const rotate = useApiMutation("post", `${PATH}/{key}/rotate`, { onSuccess: onMade });
  const submit = form.handleSubmit(({ hours }) => rotate.mutate({ params: { path: { key: of.id } }, body: { old_works_hours: Number(hours) } }));
  return (
    <ConfirmDialog
      title={t("keys.rotate_named", { name: of.name })}
      confirm={t("keys.rotate")}
      busy={rotate.isPending}
      error={rotate.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <p>{t("keys.rotate_text")}</p>
      <FieldSelect
        control={form.control}
        name="hours"
        label={t("keys.grace")}
        hint={t("keys.grace_hint")}
        choices={GRACES.map((hours) => ({ value: String(hours), label: t("keys.hours", { hours }) }))}
      />
      {of.old_secret_until && <Notice tone="warning">{t("keys.rotates_again")}</Notice>}
    </ConfirmDialog>
  );
}
