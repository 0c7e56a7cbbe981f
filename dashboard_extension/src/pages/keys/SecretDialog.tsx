import { Button, Dialog, Notice, useT } from "@/kit";
import { Snippet } from "@/pages/settings/Snippet";

import { firstCall, signedCall, type Made } from "./keys";

/** A key with its secret, for the only time that it is shown. */
export function SecretDialog({ made, apiUrl, onClose }: { made: Made; apiUrl: string; onClose: () => void }) {
  const t = useT();
  const signs = made.key.must_sign;
  return (
    <Dialog
      title={t("keys.secret_of", { name: made.key.name })}
      onClose={onClose}
      onSubmit={onClose}
      actions={
        <Button type="submit" data-dialog="yes">
          {t("keys.kept")}
        </Button>
      }
    >
      <Notice tone="warning">{t(signs ? "keys.shown_once_signs" : "keys.shown_once")}</Notice>
      <div className="keys-token">
        <Snippet label={t("keys.key")} text={made.token} />
        <p className="kit-soft">{t("keys.try_it")}</p>
        <Snippet label={t("keys.first_call")} text={signs ? signedCall(apiUrl, made.token) : firstCall(apiUrl, made.token)} />
      </div>
    </Dialog>
  );
}
