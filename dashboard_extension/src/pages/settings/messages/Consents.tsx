import { useState } from "react";

import { useApiMutation, useApiQuery } from "@/api";
import { Button, ButtonLink, ConfirmDialog, Failure, Figures, Loaded, Notice, Points, Section, useDownload, useNotify, useT, When } from "@/kit";

import { useZone } from "../zone";
import { lastLine } from "./register";

const SETTINGS = "/api/dashboard/v1/messages/settings";
const EXPORT = "/api/dashboard/v1/messages/consents/export";
const MOST_BYTES = 4 * 1024 * 1024;

/** The Turkish register of consents: what it has to be told, and what it says. */
export function Consents() {
  const t = useT();
  const zone = useZone();
  const settings = useApiQuery(SETTINGS);
  const { download, busy } = useDownload();
  const [telling, setTelling] = useState(false);
  return (
    <Loaded query={settings}>
      {(seen) => (
        <>
          {!seen.settings.consent_register.used && (
            <Notice
              tone="info"
              actions={
                <ButtonLink to="/settings/messages" variant="secondary" size="small">
                  {t("messages.to_register")}
                </ButtonLink>
              }
            >
              {t("messages.register_off")}
            </Notice>
          )}
          <Section title={t("messages.tell_register")} hint={t("messages.tell_register_hint")}>
            <Figures
              items={[
                { label: t("messages.unreported"), value: <Points value={seen.unreported_consents} />, name: "unreported" },
                { label: t("messages.report_until"), value: seen.report_until === null ? "–" : <When at={seen.report_until} form="day" zone={zone} /> },
              ]}
            />
            {seen.unreported_consents === 0 ? (
              <p className="kit-hint">{t("messages.nothing_to_report")}</p>
            ) : (
              <div className="kit-actions">
                <Button disabled={busy} onClick={() => void download(EXPORT)}>
                  {t("messages.export")}
                </Button>
                <Button variant="secondary" onClick={() => setTelling(true)}>
                  {t("messages.was_told")}
                </Button>
              </div>
            )}
          </Section>
          <Refusals />
          {telling && <Told onClose={() => setTelling(false)} />}
        </>
      )}
    </Loaded>
  );
}

/** Reads a file that somebody chose; null where it is too large or no text. */
async function textOf(file: File): Promise<string | null> {
  return file.size > MOST_BYTES ? null : file.text();
}

/** Notes up to which line the register was told: that of the file that was handed in. */
function Told(props: { onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const [through, setThrough] = useState<number | null>(null);
  const [wrong, setWrong] = useState(false);
  const told = useApiMutation("post", "/api/dashboard/v1/messages/consents/reported", {
    invalidates: [SETTINGS],
    onSuccess: ({ reported }) => {
      notify("success", t("messages.reported", { count: reported }));
      props.onClose();
    },
  });
  const choose = async (file: File | undefined) => {
    const text = file === undefined ? null : await textOf(file);
    const last = text === null ? null : lastLine(text);
    setThrough(last);
    setWrong(file !== undefined && last === null);
  };
  return (
    <ConfirmDialog
      title={t("messages.was_told")}
      confirm={t("messages.note_told")}
      busy={told.isPending}
      error={told.error}
      onClose={props.onClose}
      onConfirm={() => (through === null ? setWrong(true) : told.mutate({ body: { through } }))}
    >
      <p>{t("messages.was_told_text")}</p>
      <FilePick id="messages-told" label={t("messages.handed_in")} onPick={(file) => void choose(file)} />
      {wrong && <p className="kit-wrong" role="alert">{t("messages.not_our_file")}</p>}
    </ConfirmDialog>
  );
}

/** Ends consents that the register's file says to be refused. */
function Refusals() {
  const t = useT();
  const [file, setFile] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const take = useApiMutation("post", "/api/dashboard/v1/messages/consents/refusals");
  const choose = async (chosen: File | undefined) => {
    take.reset();
    const text = chosen === undefined ? null : await textOf(chosen);
    setFile(text === "" ? null : text);
    setWrong(chosen !== undefined && !text);
  };
  return (
    <Section title={t("messages.refusals")} hint={t("messages.refusals_hint")}>
      <FilePick id="messages-refusals" label={t("messages.refusals_file")} onPick={(chosen) => void choose(chosen)} />
      {wrong && <p className="kit-wrong" role="alert">{t("messages.file_unfit")}</p>}
      <div className="kit-actions">
        <Button variant="secondary" disabled={file === null || take.isPending} onClick={() => file !== null && take.mutate({ body: { file } })}>
          {t("messages.take_refusals")}
        </Button>
      </div>
      {take.data && (
        <Notice tone="success" live>
          {t("messages.refusals_taken", { ...take.data })}
        </Notice>
      )}
      {take.error && <Failure error={take.error} />}
    </Section>
  );
}

function FilePick(props: { id: string; label: string; onPick: (file: File | undefined) => void }) {
  return (
    <div className="kit-field">
      <label htmlFor={props.id}>{props.label}</label>
      <input id={props.id} className="settings-file" type="file" accept=".csv,text/csv" onChange={(event) => props.onPick(event.target.files?.[0])} />
    </div>
  );
}
