import { useForm } from "react-hook-form";

import { useApiMutation, type components } from "@/api";
import { ConfirmDialog, useNotify, useT } from "@/kit";

import type { Member } from "../MemberPage";

type State = components["schemas"]["MemberStateInput"]["state"];
const NEXT: Record<string, readonly State[]> = {
  active: ["paused", "left"],
  paused: ["active", "left"],
  invited: ["active", "left"],
  blocked: ["left"],
  left: ["active"],
};

/** Pauses a membership, goes on with it, ends it or begins it anew, as the customer wishes. */
export function Standings({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const choices = NEXT[member.state] ?? [];
  const form = useForm<{ state: State }>({ defaultValues: { state: choices[0] } });
  const change = useApiMutation("put", "/api/dashboard/v1/members/{member}/state", {
    onSuccess: () => {
      notify("success", t("members.standing_saved"));
      onClose();
    },
  });
  const submit = form.handleSubmit((body) => change.mutate({ params: { path: { member: member.id } }, body }));
  return (
    <ConfirmDialog
      title={t("members.standing")}
      confirm={t("members.save")}
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <p>{t("members.standing_text")}</p>
      <fieldset className="members-choice">
        <legend>{t("members.standing_choice")}</legend>
        {choices.map((state) => (
          <label key={state}>
            <input type="radio" value={state} {...form.register("state")} />
            <span>
              {t(`members.become.${state}`)}
              <span className="kit-hint"> {t(`members.become_hint.${state}`, { points: member.points })}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </ConfirmDialog>
  );
}
