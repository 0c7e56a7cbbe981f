import { z } from "zod";

import { useApiMutation } from "@/api";
import { ConfirmDialog, FieldSwitch, FieldText, useNotify, useT } from "@/kit";
import { useZodForm } from "@/kit/forms";
import { useWatch } from "react-hook-form";

import type { Hook } from "./Webhooks";
import { formOf, webhookOf, type WebhookForm } from "./form";

const PATH = "/api/dashboard/v1/messages/webhooks";

/** Adds a webhook, or changes one. */
export function Edit(props: { hook: Hook | null; events: readonly string[]; onClose: () => void; onMade: (hook: Hook) => void }) {
  const { hook, events, onClose } = props;
  const t = useT();
  const notify = useNotify();
  const address = z.string().regex(/^\s*https?:\/\/\S+\s*$/, t("webhooks.wrong_address"));
  const schema = z.looseObject({ url: address, all: z.boolean(), chosen: z.array(z.boolean()) }).refine((form) => form.all || form.chosen.some(Boolean), { path: ["all"], error: t("webhooks.one_event") });
  const form = useZodForm<WebhookForm, Record<string, unknown>>(schema, formOf(hook, events));
  const all = useWatch({ control: form.control, name: "all" });
  const add = useApiMutation("post", PATH, {
    invalidates: [PATH],
    onSuccess: (made) => {
      onClose();
      props.onMade(made);
    },
  });
  const change = useApiMutation("put", `${PATH}/{hook}`, {
    invalidates: [PATH],
    onSuccess: () => {
      notify("success", t("webhooks.saved"));
      onClose();
    },
  });
  const submit = form.handleSubmit(() => {
    const body = webhookOf(form.getValues(), events);
    if (hook === null) add.mutate({ body });
    else change.mutate({ params: { path: { hook: hook.id } }, body });
  });
  return (
    <ConfirmDialog
      title={t(hook === null ? "webhooks.add" : "webhooks.edit_title")}
      confirm={t("webhooks.save")}
      busy={add.isPending || change.isPending}
      error={add.error ?? change.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <FieldText control={form.control} name="url" type="url" label={t("webhooks.address")} hint={t("webhooks.address_hint")} placeholder="https://partner.example.com/points" maxLength={1000} />
      <FieldText control={form.control} name="description" label={t("webhooks.description")} maxLength={200} />
      <div>
        <FieldSwitch control={form.control} name="all" label={t("webhooks.all_events")} hint={t("webhooks.all_hint")} />
        {!all && events.map((event, at) => <FieldSwitch key={event} control={form.control} name={`chosen.${at}`} label={event} />)}
        {hook !== null && <FieldSwitch control={form.control} name="active" label={t("webhooks.active")} />}
      </div>
    </ConfirmDialog>
  );
}
