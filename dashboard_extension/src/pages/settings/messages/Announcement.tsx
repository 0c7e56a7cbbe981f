import { useState } from "react";

import { useApiMutation, useApiQuery } from "@/api";
import { Button, ButtonLink, ConfirmDialog, FieldLongText, FieldText, Loaded, Notice, Section, useExitGuard, useNotify, useT } from "@/kit";
import { useZodForm } from "@/kit/forms";

import { announcementOf, announcementSchema, EMPTY, LANGUAGES, type Announced, type Form } from "./announcing";

/** Tells all members who agreed to offers. */
export function Announcement() {
  const t = useT();
  const settings = useApiQuery("/api/dashboard/v1/messages/settings");
  return (
    <Loaded query={settings}>
      {({ settings: { switched_off } }) =>
        switched_off.includes("announcement") ? (
          <Notice
            tone="info"
            actions={
              <ButtonLink to="/settings/messages" variant="secondary" size="small">
                {t("messages.to_kinds")}
              </ButtonLink>
            }
          >
            {t("messages.announcements_off")}
          </Notice>
        ) : (
          <Write />
        )
      }
    </Loaded>
  );
}

function Write() {
  const t = useT();
  const notify = useNotify();
  const [wish, setWish] = useState<Announced | null>(null);
  const form = useZodForm<Form, Form>(announcementSchema({ both: t("messages.both_words"), one: t("messages.one_language"), page: t("messages.wrong.page") }), EMPTY);
  const guard = useExitGuard(form.formState.isDirty);
  const announce = useApiMutation("post", "/api/dashboard/v1/messages/announcements", {
    onSuccess: () => {
      setWish(null);
      form.reset(EMPTY);
      notify("success", t("messages.announced"), t("messages.announced_text"));
    },
  });
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void form.handleSubmit((written) => setWish(announcementOf(written)))(event)}>
      {guard}
      <Section title={t("messages.list.announcement")} hint={t("messages.announcement_hint")}>
        {LANGUAGES.map((language) => (
          <fieldset className="kit-stack" key={language}>
            <legend className="settings-legend">{t(`messages.in.${language}`)}</legend>
            <FieldText control={form.control} name={`${language}.title`} label={t("messages.announcement_title")} maxLength={150} />
            <FieldLongText control={form.control} name={`${language}.body`} label={t("messages.announcement_body")} rows={5} maxLength={4000} />
          </fieldset>
        ))}
        <FieldText control={form.control} name="link" type="url" label={t("messages.announcement_link")} maxLength={500} />
        <div className="kit-actions">
          <Button type="submit">{t("messages.announce")}</Button>
        </div>
      </Section>
      {wish && (
        <ConfirmDialog
          title={t("messages.announce_title")}
          confirm={t("messages.announce")}
          busy={announce.isPending}
          error={announce.error}
          onClose={() => {
            announce.reset();
            setWish(null);
          }}
          onConfirm={() => announce.mutate({ body: wish })}
        >
          <p>{t("messages.announce_text")}</p>
        </ConfirmDialog>
      )}
    </form>
  );
}
