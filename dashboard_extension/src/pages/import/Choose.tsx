import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";

import { apiKey, useApi, type ApiFailure } from "@/api";
import { failureOf } from "@/api/failure";
import { Button, Failure, Notice, Section, useDownload, useNotify, useT } from "@/kit";

import { MOST_BYTES, PATH } from "./shapes";

/** Takes a file to the server, which checks it at once and books nothing. */
export function Choose() {
  const t = useT();
  const notify = useNotify();
  const { fetch } = useApi();
  const queries = useQueryClient();
  const { download, busy } = useDownload();
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const [tooLarge, setTooLarge] = useState(false);
  const upload = useMutation<null, ApiFailure, File>({
    mutationFn: async (file) => {
      const address = new URL(PATH, location.origin);
      address.searchParams.set("name", file.name.slice(-200));
      const response = await fetch(new Request(address, { method: "POST", headers: { "Content-Type": "text/csv" }, body: file }));
      if (!response.ok) throw await failureOf(response);
      return null;
    },
    onSuccess: async () => {
      notify("info", t("import.taken"));
      await queries.invalidateQueries({ queryKey: apiKey(PATH) });
    },
    onSettled: () => {
      // So that the same file, mended, can be chosen again.
      if (input.current) input.current.value = "";
    },
  });
  const choose = (file: File | undefined) => {
    upload.reset();
    setTooLarge(file !== undefined && file.size > MOST_BYTES);
    if (file !== undefined && file.size <= MOST_BYTES) upload.mutate(file);
  };
  return (
    <Section
      title={t("import.title")}
      hint={t("import.hint")}
      actions={
        <Button variant="secondary" disabled={busy} onClick={() => void download(`${PATH}/template.csv`)} data-import="template">
          {t("import.template")}
        </Button>
      }
    >
      <ol className="import-steps">
        <li>{t("import.step_file")}</li>
        <li>{t("import.step_check")}</li>
        <li>{t("import.step_book")}</li>
      </ol>
      <div className="kit-field">
        <label htmlFor={id}>{t("import.file")}</label>
        <input
          ref={input}
          id={id}
          className="import-file"
          type="file"
          accept=".csv,.txt,.tsv,text/csv"
          disabled={upload.isPending}
          aria-describedby={`${id}-hint`}
          onChange={(event) => choose(event.target.files?.[0])}
        />
        <p className="kit-hint" id={`${id}-hint`}>
          {t("import.file_hint")}
        </p>
      </div>
      {upload.isPending && <p role="status">{t("import.uploading")}</p>}
      {tooLarge && (
        <Notice tone="error" live>
          {t("import.too_large")}
        </Notice>
      )}
      {upload.error && <Failure error={upload.error} />}
    </Section>
  );
}
