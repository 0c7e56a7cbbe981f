import { useState } from "react";
import { useNavigate } from "react-router";

import { useApiMutation, useApiQuery } from "@/api";
import { Loaded, Page, useNotify, useT } from "@/kit";

import { Editor } from "./Editor";
import { emptyForm, PATH, type Choices } from "./form";

/** A campaign that is written for the first time. */
export function NewCampaign() {
  const t = useT();
  const choices = useApiQuery(`${PATH}/choices`);
  return (
    <Page title={t("campaigns.new")} lead={t("campaigns.new_lead")}>
      <Loaded query={choices}>{(found) => <Writing choices={found} />}</Loaded>
    </Page>
  );
}

function Writing({ choices }: { choices: Choices }) {
  const t = useT();
  const navigate = useNavigate();
  const notify = useNotify();
  // As it was when the writing began: a refetch in the background must not move the form.
  const [start] = useState(() => emptyForm(choices, new Date()));
  const create = useApiMutation("post", PATH);
  return (
    <Editor
      start={start}
      choices={choices}
      fixed={false}
      save={async (terms) => {
        const made = await create.mutateAsync({ body: { terms: terms as never } });
        notify("success", t("campaigns.saved"));
        return () => void navigate(`/campaigns/${made.id}`);
      }}
    />
  );
}
