import { useForm } from "react-hook-form";

import { useApiMutation } from "@/api";
import { ConfirmDialog, FieldSelect, FieldSwitch, Notice, useT } from "@/kit";

import { PATH, type Key, type Made } from "./keys";

/** For how long the old secret works on, in hours. */
const GRACES = [0, 1, 24, 72, 168] as const;

/** Makes a new secret; says what becomes of the old one. */
export function Rotate({ of, onClose, onMade }: { of: Key; onClose: () => void; onMade: (made: Made) => void }) {
  const t = useT();
  const form = useForm({ defaultValues: { hours: "24", must_sign: of.must_sign } });
  const rotate = useApiMutation("post", `${PATH}/{key}/rotate`, { onSuccess: onMade });
  const submit = form.handleSubmit(({ hours, must_sign }) =>
    rotate.mutate({ params: { path: { key: of.id } }, body: { old_works_hours: Number(hours), must_sign } }),
  );
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
      <FieldSwitch control={form.control} name="must_sign" label={t("keys.must_sign")} hint={t("keys.must_sign_rotated")} />
      {of.old_secret_until && <Notice tone="warning">{t("keys.rotates_again")}</Notice>}
    </ConfirmDialog>
  );
}
