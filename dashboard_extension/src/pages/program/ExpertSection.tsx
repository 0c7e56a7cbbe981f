import { Button, Failure, Section, useT } from "@/kit";
import { useId, useState } from "react";

import { useApiMutation } from "@/api";

import { useEditing } from "./context";
import type { Json } from "./shapes";

/** The whole document as YAML: rules with conditions, and whatever the form does not show. */
export function ExpertSection(props: { document: Json; take: (document: Json) => void }) {
  const t = useT();
  const id = useId();
  const { disabled } = useEditing();
  const [text, setText] = useState<string | null>(null);
  const write = useApiMutation("post", "/api/dashboard/v1/program/yaml/write", { invalidates: [], onSuccess: ({ yaml }) => setText(yaml) });
  const readText = useApiMutation("post", "/api/dashboard/v1/program/yaml/read", {
    invalidates: [],
    onSuccess: ({ document }) => {
      props.take(document as Json);
      setText(null);
    },
  });
  const open = () => write.mutate({ body: { document: props.document as never } });
  return (
    <Section
      title={t("program.expert")}
      hint={t("program.expert_hint")}
      actions={
        <Button type="button" variant="secondary" disabled={write.isPending} onClick={text === null ? open : () => setText(null)} data-yaml="open">
          {t(text === null ? "program.yaml_open" : "program.yaml_close")}
        </Button>
      }
    >
      {write.error && <Failure error={write.error} />}
      {text !== null && (
        <>
          <div className="kit-field">
            <label htmlFor={id}>{t("program.yaml")}</label>
            <span className="kit-input">
              <textarea id={id} className="program-yaml" rows={18} spellCheck={false} readOnly={disabled} value={text} onChange={(event) => setText(event.target.value)} />
            </span>
          </div>
          {readText.error && <Failure error={readText.error} />}
          {!disabled && (
            <div className="kit-actions">
              <Button type="button" disabled={readText.isPending} onClick={() => readText.mutate({ body: { yaml: text } })} data-yaml="take">
                {t("program.yaml_take")}
              </Button>
            </div>
          )}
        </>
      )}
    </Section>
  );
}
