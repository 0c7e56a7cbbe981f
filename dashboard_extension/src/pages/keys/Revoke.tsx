import { useApiMutation } from "@/api";
import { ConfirmDialog, useNotify, useT, When } from "@/kit";

import { PATH, type Key } from "./keys";

/** Ends a key for ever, once it was said what that does. */
export function Revoke({ of, onClose }: { of: Key; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const revoke = useApiMutation("post", `${PATH}/{key}/revoke`, {
    onSuccess: () => {
      notify("success", t("keys.revoked"));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("keys.revoke_named", { name: of.name })}
      confirm={t("keys.revoke")}
      destructive
      busy={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={() => revoke.mutate({ params: { path: { key: of.id } } })}
    >
      <p>{t("keys.revoke_text")}</p>
      <p className="kit-soft">
        {of.last_used_at ? (
          <>
            {t("keys.used")}: <When at={of.last_used_at} />
          </>
        ) : (
          t("keys.never_used")
        )}
      </p>
    </ConfirmDialog>
  );
}
