import { useState } from "react";
import { useIntl } from "react-intl";

import { useApiMutation, type ApiFailure, type components } from "@/api";
import { Button, Failure, Notice, Section, useStaff, useT } from "@/kit";

import type { KindLine } from "./form";

type Wish = components["schemas"]["TestMailInput"];

/** Sends a message with sample figures to whoever asks, and says what the mail server said. */
export function TestMail(props: { dirty: boolean; kinds: readonly KindLine[] }) {
  const t = useT();
  const staff = useStaff();
  const { locale } = useIntl();
  const [kind, choose] = useState<Wish["kind"]>("points_earned");
  const test = useApiMutation("post", "/api/dashboard/v1/messages/test-mail", { invalidates: ["/api/dashboard/v1/start"] });
  const send = () => test.mutate({ body: { kind, language: locale } });
  return (
    <Section title={t("messages.test")} hint={t("messages.test_hint", { address: staff.email || t("messages.your_address") })}>
      <div className="settings-line">
        <div className="kit-field settings-narrow">
          <label htmlFor="messages-test-kind">{t("messages.test_kind")}</label>
          <span className="kit-input">
            <select id="messages-test-kind" value={kind} onChange={(event) => choose(event.target.value as typeof kind)}>
              {props.kinds.map((one) => (
                <option key={one.kind} value={one.kind}>
                  {one.name}
                </option>
              ))}
            </select>
          </span>
        </div>
        <Button variant="secondary" disabled={props.dirty || test.isPending} onClick={send} data-settings="test-mail">
          {t(test.isPending ? "messages.test_sending" : "messages.test_send")}
        </Button>
      </div>
      {props.dirty && <p className="kit-hint">{t("messages.test_dirty")}</p>}
      {test.data && (
        <Notice tone="success" live>
          {t("messages.test_sent", { address: test.data.sent_to })}
        </Notice>
      )}
      {test.error && (test.error.code === "mail_refused" ? <Refused failure={test.error} /> : <Failure error={test.error} />)}
    </Section>
  );
}

/** Why the mail server did not take it, with its own words, which its operator understands. */
function Refused({ failure }: { failure: ApiFailure }) {
  const t = useT();
  const { reason, answer } = failure.detail as { reason?: string; answer?: string };
  return (
    <Notice tone="error" live>
      <strong>{t("messages.test_refused", { reason: reason ?? "" })}</strong>
      {answer ? (
        <p>
          {t("messages.server_said")} <code className="settings-word">{answer}</code>
        </p>
      ) : (
        <p>{t("messages.server_silent")}</p>
      )}
    </Notice>
  );
}
