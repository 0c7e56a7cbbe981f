import { Button, Failure, Section, useT } from "@/kit";
import { useId } from "react";

import { useApiMutation } from "@/api";

import { useEditing } from "./context";
import type { Json } from "./shapes";

/** The document as text while it is shown: as it stands, and as it was written out. */
export interface Yaml {
  readonly text: string;
  readonly written: string;
}

/** The whole document as YAML: rules with conditions, and whatever the form does not show. */
export function ExpertSection(props: { document: Json; yaml: Yaml | null; setYaml: (yaml: Yaml | null) => void; take: (document: Json) => void }) {
  const t = useT();
  const id = useId();
  const { disabled } = useEditing();
  const { yaml: shown, setYaml } = props;
  const write = useApiMutation("post", "/api/dashboard/v1/program/yaml/write", { invalidates: [], onSuccess: ({ yaml }) => setYaml({ text: yaml, written: yaml }) });
  const readText = useApiMutation("post", "/api/dashboard/v1/program/yaml/read", {
    invalidates: [],
    onSuccess: ({ document }) => {
      props.take(document as Json);
      setYaml(null);
    },
  });
  const open = () => write.mutate({ body: { document: props.document as never } });
  return (
    <Section
      title={t("program.expert")}
      hint={t("program.expert_hint")}
      actions={
        <Button type="button" variant="secondary" disabled={write.isPending} onClick={shown === null ? open : () => setYaml(null)} data-yaml="open">
          {t(shown === null ? "program.yaml_open" : "program.yaml_close")}
        </Button>
      }
    >
      {write.error && <Failure error={write.error} />}
      {shown !== null && (
        <>
          <div className="kit-field">
            <label htmlFor={id}>{t("program.yaml")}</label>
            <span className="kit-input">
              <textarea id={id} className="program-yaml" rows={18} spellCheck={false} readOnly={disabled} value={shown.text} onChange={(event) => setYaml({ ...shown, text: event.target.value })} />
            </span>
          </div>
          {readText.error && <Failure error={readText.error} />}
          {!disabled && (
            <div className="kit-actions">
              <Button type="button" disabled={readText.isPending} onClick={() => readText.mutate({ body: { yaml: shown.text } })} data-yaml="take">
                {t("program.yaml_take")}
              </Button>
            </div>
          )}
        </>
      )}
    </Section>
  );
}
