import { useWatch } from "react-hook-form";

import { useApiMutation, useApiQuery } from "@/api";
import { Loaded, Notice, SaveBar, useNotify, useT } from "@/kit";
import { useZodForm } from "@/kit/forms";

import { formOf, schemaOf, settingsOf, type KindLine, type MailForm, type Seen, type Wrong } from "./form";
import { KindsSection, OffersSection } from "./KindsSection";
import { FooterSection, SenderSection, ServerSection } from "./ServerSection";
import { SmsSection } from "./SmsSection";
import { TestMail } from "./TestMail";

const PATH = "/api/dashboard/v1/messages/settings";

/** Mail server, sender, kinds, offers, text messages: one form. */
export function Mail() {
  const settings = useApiQuery(PATH);
  const kinds = useApiQuery("/api/dashboard/v1/messages/kinds");
  return (
    <Loaded query={settings} lines={8}>
      {(seen) => <Loaded query={kinds}>{({ items }) => <Form key={seen.version} seen={seen} kinds={items} />}</Loaded>}
    </Loaded>
  );
}

const WRONGS = ["needed", "address", "host", "port", "mersis", "brand", "time", "cap", "color", "page", "gateway", "marks", "json"] as const;

function Form({ seen, kinds }: { seen: Seen; kinds: readonly KindLine[] }) {
  const t = useT();
  const notify = useNotify();
  const wrong = Object.fromEntries(WRONGS.map((one) => [one, t(`messages.wrong.${one}`)])) as unknown as Wrong;
  const form = useZodForm<MailForm, Record<string, unknown>>(schemaOf(wrong), formOf(seen, kinds));
  const now = useWatch({ control: form.control }) as MailForm;
  const save = useApiMutation("put", PATH, {
    onSuccess: (saved) => {
      form.reset(formOf(saved, kinds));
      notify("success", t("messages.saved"), saved.waiting > 0 ? t("messages.saved_waiting", { count: saved.waiting }) : undefined);
    },
  });
  const { isDirty } = form.formState;
  const send = form.handleSubmit(() => save.mutate({ body: settingsOf(form.getValues(), seen, kinds) }));
  const parts = { control: form.control, now, seen, kinds };
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void send(event)}>
      <Standing seen={seen} />
      <ServerSection {...parts} setValue={form.setValue} />
      <SenderSection {...parts} />
      <TestMail dirty={isDirty} kinds={kinds} />
      <KindsSection {...parts} />
      <OffersSection {...parts} />
      <FooterSection {...parts} />
      <SmsSection {...parts} />
      <SaveBar dirty={isDirty} saving={save.isPending} error={save.error} onDiscard={() => form.reset(formOf(seen, kinds))} />
    </form>
  );
}

/** Who sends the mails now, and what waits for that. */
function Standing({ seen }: { seen: Seen }) {
  const t = useT();
  if (seen.sent_by === "nobody")
    return (
      <Notice tone="warning">
        <strong>{t("messages.by.nobody")}</strong>
        <p>{t("messages.nobody_text", { count: seen.waiting })}</p>
      </Notice>
    );
  return (
    <Notice tone="info">
      {t(`messages.by.${seen.sent_by}`)} {seen.waiting > 0 && t("messages.waiting", { count: seen.waiting })}
    </Notice>
  );
}
