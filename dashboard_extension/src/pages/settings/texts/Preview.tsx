import { useQuery } from "@tanstack/react-query";

import { useApi, type ApiFailure, type components } from "@/api";
import { dataOf } from "@/api/client";
import { Failure, Notice, Section, Skeleton, Terms, useT } from "@/kit";

import { MailFrame } from "./MailFrame";
import { faultsOf, type Words } from "./words";

type Shown = components["schemas"]["Preview"];
type Kind = components["schemas"]["PreviewInput"]["kind"];

/** The message with sample figures, as it would be read: as a mail, as plain text, as a text message. */
export function Preview(props: { kind: Kind; language: string; words: Words }) {
  const t = useT();
  const { api } = useApi();
  const preview = useQuery<Shown, ApiFailure>({
    queryKey: ["preview", props],
    queryFn: ({ signal }) => dataOf(api.POST("/api/dashboard/v1/messages/preview", { body: { ...props }, signal })),
    placeholderData: (before) => before,
    retry: false,
  });
  const faults = faultsOf(preview.error);
  return (
    <Section title={t("texts.preview")} hint={t("texts.preview_hint")}>
      {faults.map((fault) => (
        <Notice key={`${fault.field} ${fault.problem} ${fault.at}`} tone="warning" live>
          <strong>{t(`texts.field.${fault.field}`)}</strong>: {t(`texts.problem.${fault.problem}`, { at: fault.at })}
        </Notice>
      ))}
      {preview.error && faults.length === 0 && <Failure error={preview.error} retry={() => preview.refetch()} />}
      {preview.data === undefined && !preview.error && <Skeleton lines={6} />}
      {preview.data && (
        <>
          <Terms
            items={[
              { name: t("texts.field.subject"), value: <strong data-preview="subject">{preview.data.subject}</strong> },
              { name: t("texts.field.preheader"), value: preview.data.preheader || "–" },
            ]}
          />
          <MailFrame title={t("texts.preview")} html={preview.data.html} />
          <details>
            <summary className="settings-summary">{t("texts.plain")}</summary>
            <pre className="settings-plain">{preview.data.text}</pre>
          </details>
          {preview.data.sms !== "" && <Terms items={[{ name: t("texts.field.sms"), value: preview.data.sms }]} />}
        </>
      )}
    </Section>
  );
}
