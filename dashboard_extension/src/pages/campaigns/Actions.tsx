import { useState } from "react";
import { useForm } from "react-hook-form";
import { useNavigate } from "react-router";

import { useApiMutation } from "@/api";
import { Button, ConfirmDialog, FieldText, useNotify, useT } from "@/kit";

import { PATH, type CampaignOf } from "./form";

type Doing = "schedule" | "stop" | "clone" | "delete";

/** What can be done with a campaign as it stands. */
export function Actions({ of }: { of: CampaignOf }) {
  const t = useT();
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  const draft = of.state === "draft";
  const ready = of.problems.every(({ severity }) => severity !== "error");
  return (
    <>
      <Button variant="secondary" onClick={() => setDoing("clone")}>
        {t("campaigns.clone")}
      </Button>
      {draft && (
        <>
          <Button variant="secondary" onClick={() => setDoing("delete")}>
            {t("campaigns.delete")}
          </Button>
          <Button disabled={!ready} onClick={() => setDoing("schedule")}>
            {t("campaigns.schedule")}
          </Button>
        </>
      )}
      {(of.state === "scheduled" || of.state === "running") && (
        <Button variant="error" onClick={() => setDoing("stop")}>
          {t("campaigns.stop")}
        </Button>
      )}
      {doing === "schedule" && <Schedule of={of} onClose={close} />}
      {doing === "stop" && <Stop of={of} onClose={close} />}
      {doing === "clone" && <Clone of={of} onClose={close} />}
      {doing === "delete" && <Delete of={of} onClose={close} />}
    </>
  );
}

interface Deed {
  readonly of: CampaignOf;
  readonly onClose: () => void;
}

function Schedule({ of, onClose }: Deed) {
  const t = useT();
  const notify = useNotify();
  const schedule = useApiMutation("post", `${PATH}/{campaign}/schedule`, {
    onSuccess: () => {
      notify("success", t("campaigns.scheduled"));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("campaigns.schedule_named", { name: of.name })}
      confirm={t("campaigns.schedule")}
      busy={schedule.isPending}
      error={schedule.error}
      onClose={onClose}
      onConfirm={() => schedule.mutate({ params: { path: { campaign: of.id } }, body: { version: of.version } })}
    >
      <p>{t("campaigns.schedule_text")}</p>
    </ConfirmDialog>
  );
}

function Stop({ of, onClose }: Deed) {
  const t = useT();
  const notify = useNotify();
  const stop = useApiMutation("post", `${PATH}/{campaign}/stop`, {
    onSuccess: () => {
      notify("success", t("campaigns.stopped"));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("campaigns.stop_named", { name: of.name })}
      confirm={t("campaigns.stop")}
      destructive
      busy={stop.isPending}
      error={stop.error}
      onClose={onClose}
      onConfirm={() => stop.mutate({ params: { path: { campaign: of.id } } })}
    >
      <p>{t(of.sharing === "" ? "campaigns.stop_text_points" : "campaigns.stop_text")}</p>
    </ConfirmDialog>
  );
}

function Clone({ of, onClose }: Deed) {
  const t = useT();
  const navigate = useNavigate();
  const form = useForm({ defaultValues: { name: t("campaigns.copy_of", { name: of.name }).slice(0, 120) } });
  const clone = useApiMutation("post", `${PATH}/{campaign}/clone`, {
    onSuccess: (made) => {
      onClose();
      void navigate(`/campaigns/${made.id}`);
    },
  });
  const submit = form.handleSubmit(({ name }) => clone.mutate({ params: { path: { campaign: of.id } }, body: { name } }));
  return (
    <ConfirmDialog title={t("campaigns.clone")} confirm={t("campaigns.clone")} busy={clone.isPending} error={clone.error} onClose={onClose} onConfirm={() => void submit()}>
      <FieldText control={form.control} name="name" label={t("campaigns.own_name")} maxLength={120} />
      {of.code !== null && <p className="kit-hint">{t("campaigns.clone_code")}</p>}
    </ConfirmDialog>
  );
}

function Delete({ of, onClose }: Deed) {
  const t = useT();
  const navigate = useNavigate();
  const remove = useApiMutation("delete", `${PATH}/{campaign}`, {
    onSuccess: () => {
      onClose();
      void navigate("/campaigns");
    },
  });
  return (
    <ConfirmDialog
      title={t("campaigns.delete_named", { name: of.name })}
      confirm={t("campaigns.delete")}
      destructive
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ params: { path: { campaign: of.id } } })}
    >
      <p>{t("campaigns.delete_text")}</p>
    </ConfirmDialog>
  );
}
