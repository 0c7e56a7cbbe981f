import { useState } from "react";
import { useIntl } from "react-intl";
import { useNavigate } from "react-router";

import { useApiQuery, type components } from "@/api";
import { Badge, Button, Loaded, Section, Table, useT, type Column } from "@/kit";

import { languageName } from "../general/zones";
import { LANGUAGES } from "./words";

type Line = components["schemas"]["MessageKind"];

/** The kinds of messages, each with its words to change. */
export function Kinds() {
  const t = useT();
  const { locale } = useIntl();
  const navigate = useNavigate();
  const kinds = useApiQuery("/api/dashboard/v1/messages/kinds");
  const general = useApiQuery("/api/dashboard/v1/general");
  const [chosen, choose] = useState("");
  const language = chosen || (general.data?.locale.language ?? locale);
  const columns: Column<Line>[] = [
    { id: "kind", title: t("texts.kind"), cell: (row) => row.name },
    { id: "class", title: t("texts.class"), cell: (row) => <Badge tone={row.message_class === "marketing" ? "info" : "neutral"}>{t(`texts.class.${row.message_class}`)}</Badge> },
    {
      id: "change",
      title: "",
      align: "end",
      cell: (row) => (
        <Button size="small" variant="secondary" aria-label={t("texts.change_of", { kind: row.name })} onClick={() => void navigate(`/settings/texts/${row.kind}/${language}`)}>
          {t("texts.change")}
        </Button>
      ),
    },
  ];
  return (
    <Section title={t("texts.title")} hint={t("texts.hint")}>
      <div className="kit-field settings-narrow">
        <label htmlFor="texts-language">{t("texts.language")}</label>
        <span className="kit-input">
          <select id="texts-language" value={language} onChange={(event) => choose(event.target.value)}>
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag}>
                {languageName(tag, locale)}
              </option>
            ))}
          </select>
        </span>
      </div>
      <Loaded query={kinds}>{({ items }) => <Table label={t("texts.title")} rows={items} columns={columns} rowKey={(row) => row.kind} />}</Loaded>
    </Section>
  );
}
