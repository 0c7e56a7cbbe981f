import { Button, useNotify, useT } from "@/kit";
import { copyText } from "@/kit/clipboard";

/** Text to take along: shown as it is, and copied by a button. */
export function Snippet(props: { label: string; text: string }) {
  const t = useT();
  const notify = useNotify();
  const copy = async () => {
    if (await copyText(props.text)) notify("success", t("settings.copied"));
    else notify("warning", t("settings.not_copied"));
  };
  return (
    <div className="settings-code">
      <pre role="region" aria-label={props.label} tabIndex={0}>
        <code>{props.text}</code>
      </pre>
      <div className="kit-actions">
        <Button size="small" variant="secondary" onClick={() => void copy()}>
          {t("settings.copy")}
        </Button>
      </div>
    </div>
  );
}
