import { useIntl } from "react-intl";

import type { Answer } from "@/api/hooks";
import { Button, Points, useNotify, useT, When } from "@/kit";
import { languageOf } from "@/shell/catalogue";

import { copyText } from "@/kit/clipboard";

export type Entry = Answer<"/api/dashboard/v1/widgets/customer">["entries"][number];

/** Movements of points, each with why, and the same in the customer's language to be copied. */
export function Entries(props: { entries: readonly Entry[]; label: string }) {
  return (
    <ul className="widget-entries" aria-label={props.label}>
      {props.entries.map((entry) => (
        <li key={entry.id} data-kind={entry.kind}>
          <One entry={entry} />
        </li>
      ))}
    </ul>
  );
}

function One({ entry }: { entry: Entry }) {
  const t = useT();
  const notify = useNotify();
  const language = languageOf(useIntl().locale);
  const [first = "", ...more] = entry.explanation;
  const theirs = entry.for_customer;
  const copy = async () => {
    if (await copyText(theirs.text)) notify("success", t("shared.copied"));
    else notify("error", t("shared.not_copied"), theirs.text);
  };
  return (
    <details>
      <summary>
        <span className="widget-entry">
          <span>{first}</span>
          <span className="kit-soft kit-small">
            <When at={entry.time} form="day" />
            {entry.state === "pending" && ` · ${t("shared.pending")}`}
          </span>
        </span>
        <strong data-sign={entry.amount < 0 ? "minus" : "plus"}>
          <Points value={entry.amount} sign />
        </strong>
      </summary>
      <div className="kit-stack widget-why">
        {more.length > 0 && (
          <ul className="kit-small">
            {more.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
        {theirs.language !== language && (
          <div className="kit-small">
            <span className="kit-soft">{t("shared.for_customer", { language: t(`shared.language.${theirs.language}`) })}</span>
            <blockquote lang={theirs.language}>{theirs.text}</blockquote>
          </div>
        )}
        <Button type="button" size="small" variant="secondary" onClick={() => void copy()} data-copy={entry.id}>
          {t("shared.copy")}
        </Button>
      </div>
    </details>
  );
}
