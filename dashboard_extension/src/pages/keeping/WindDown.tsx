import { useState } from "react";
import { useWatch } from "react-hook-form";
import { Link } from "react-router";
import { z } from "zod";

import { useApiMutation, useApiQuery, type Answer } from "@/api";
import { Button, ButtonLink, ConfirmDialog, FieldDate, FieldSwitch, Figures, Loaded, Notice, Points, SaveBar, Section, useNotify, useT, When } from "@/kit";
import { useZodForm } from "@/kit/forms";

import { daysBetween } from "./days";
import { Steps } from "./Steps";

export type Seen = Answer<"/api/dashboard/v1/end">;

interface EndForm {
  earning: string | null;
  spending: string | null;
  tell: boolean;
}

const PATH = "/api/dashboard/v1/end";
/** Less time than that to spend points is pointed out. */
const FAIR = 30;

/** The program is ended in an orderly way: dates, what happens when, what is left. */
export function WindDown() {
  const end = useApiQuery(PATH, undefined, { refetchInterval: 15_000 });
  return (
    <div className="settings-form">
      <Loaded query={end}>{(seen) => <End key={seen.plan?.version ?? 0} seen={seen} />}</Loaded>
    </div>
  );
}

function End({ seen }: { seen: Seen }) {
  const t = useT();
  return (
    <>
      {seen.plan === null && <Notice tone="info">{t("keeping.end_lead")}</Notice>}
      {seen.plan !== null && <Steps plan={seen.plan} left={seen.left} />}
      <Left seen={seen} />
      <Dates seen={seen} />
    </>
  );
}

function Dates({ seen }: { seen: Seen }) {
  const t = useT();
  const notify = useNotify();
  const { plan } = seen;
  const done = (name: string) => plan?.steps.some((step) => step.name === name && step.done_at !== null) ?? false;
  const initial: EndForm = { earning: plan?.earning_ends_on ?? null, spending: plan?.last_spending_on ?? null, tell: plan?.tell_members ?? true };
  const day = (least: string) => z.string({ message: t("keeping.day_missing") }).refine((value) => value >= least, t("keeping.day_past"));
  const schema = z
    .object({
      earning: done("earning_ended") ? z.string() : day(seen.today),
      spending: done("spending_ended") ? z.string() : day(seen.today),
      tell: z.boolean(),
    })
    .refine((wish) => wish.spending >= dayBefore(wish.earning), { path: ["spending"], message: t("keeping.day_order") });
  const form = useZodForm<EndForm, EndForm>(schema, initial);
  const wish = useWatch({ control: form.control });
  const [asked, setAsked] = useState<EndForm | null>(null);
  const save = useApiMutation("put", PATH, {
    invalidates: [PATH],
    onSuccess: () => {
      setAsked(null);
      notify("success", t("keeping.end_saved"));
    },
  });
  const short = typeof wish.spending === "string" && daysBetween(seen.today, wish.spending) < FAIR && !done("spending_ended");
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void form.handleSubmit(setAsked)(event)}>
      <Section title={t("keeping.end_dates")} hint={t("keeping.end_dates_hint")}>
        <FieldDate control={form.control} name="earning" label={t("keeping.earning_ends_on")} hint={t("keeping.earning_ends_hint")} min={seen.today} disabled={done("earning_ended")} />
        <FieldDate control={form.control} name="spending" label={t("keeping.last_spending_on")} hint={t("keeping.last_spending_hint")} min={seen.today} disabled={done("spending_ended")} />
        {short && <Notice tone="warning">{t("keeping.end_short", { days: FAIR })}</Notice>}
        <FieldSwitch control={form.control} name="tell" label={t("keeping.tell_members")} hint={t("keeping.tell_members_hint")} />
      </Section>
      <SaveBar
        dirty={form.formState.isDirty}
        saving={save.isPending}
        label={t(plan === null ? "keeping.end_plan" : "keeping.end_change")}
        onDiscard={() => form.reset(initial)}
      />
      {asked !== null && asked.earning !== null && asked.spending !== null && (
        <ConfirmDialog
          title={t(plan === null ? "keeping.end_plan_title" : "keeping.end_change_title")}
          confirm={t(plan === null ? "keeping.end_plan" : "keeping.end_change")}
          destructive={plan === null}
          busy={save.isPending}
          error={save.error}
          onConfirm={() =>
            save.mutate({
              body: { version: plan?.version ?? 0, earning_ends_on: asked.earning ?? "", last_spending_on: asked.spending ?? "", tell_members: asked.tell },
            })
          }
          onClose={() => {
            save.reset();
            setAsked(null);
          }}
        >
          <ul className="kit-stack">
            <li>
              {t("keeping.will_earn")} <When at={asked.earning} form="day" zone="UTC" />
            </li>
            <li>
              {t("keeping.will_spend")} <When at={asked.spending} form="day" zone="UTC" />
            </li>
            <li>{t("keeping.will_end_codes")}</li>
            <li>{t(asked.tell ? "keeping.will_tell" : "keeping.will_not_tell", { count: seen.left.members })}</li>
          </ul>
        </ConfirmDialog>
      )}
    </form>
  );
}

function Left({ seen }: { seen: Seen }) {
  const t = useT();
  const notify = useNotify();
  const [asking, setAsking] = useState<"off" | "expiry" | null>(null);
  const close = () => {
    callOff.reset();
    expire.reset();
    setAsking(null);
  };
  const callOff = useApiMutation("post", "/api/dashboard/v1/end/call-off", {
    invalidates: [PATH],
    onSuccess: () => {
      setAsking(null);
      notify("success", t("keeping.called_off"));
    },
  });
  const expire = useApiMutation("post", "/api/dashboard/v1/end/expiry", {
    invalidates: [PATH],
    onSuccess: () => {
      setAsking(null);
      notify("info", t("keeping.expiring"));
    },
  });
  const version = seen.plan?.version ?? 0;
  return (
    <Section title={t("keeping.left")} hint={t("keeping.left_hint")}>
      <Figures
        items={[
          { label: t("keeping.left_members"), value: <Points value={seen.left.members} />, name: "members" },
          { label: t("keeping.left_points"), value: <Points value={seen.left.points} />, name: "points" },
          { label: t("keeping.left_codes"), value: <Points value={seen.left.codes} />, name: "codes" },
          { label: t("keeping.left_waiting"), value: <Points value={seen.left.waiting} />, name: "waiting" },
        ]}
      />
      {seen.plan !== null && seen.left.waiting > 0 && (
        <p className="kit-soft" data-end="waiting">
          {t("keeping.waiting")}{" "}
          <Link className="kit-link" to="/reward-catalog">
            {t("keeping.to_rewards")}
          </Link>
        </p>
      )}
      {seen.plan !== null && (
        <div className="kit-actions">
          <Button type="button" variant="secondary" onClick={() => setAsking("off")} data-end="call-off">
            {t("keeping.call_off")}
          </Button>
          <ButtonLink to="/settings/data" variant="secondary">
            {t("keeping.take_along")}
          </ButtonLink>
          {seen.may_expire && (
            <Button type="button" variant="error" onClick={() => setAsking("expiry")} data-end="expire">
              {t("keeping.expire")}
            </Button>
          )}
        </div>
      )}
      {asking === "off" && (
        <ConfirmDialog
          title={t("keeping.call_off_title")}
          confirm={t("keeping.call_off")}
          busy={callOff.isPending}
          error={callOff.error}
          onConfirm={() => callOff.mutate({ body: { version } })}
          onClose={close}
        >
          <p>{t("keeping.call_off_text")}</p>
        </ConfirmDialog>
      )}
      {asking === "expiry" && (
        <ConfirmDialog
          title={t("keeping.expire_title", { points: seen.left.points })}
          confirm={t("keeping.expire")}
          destructive
          busy={expire.isPending}
          error={expire.error}
          onConfirm={() => expire.mutate({ body: { version, points: seen.left.points } })}
          onClose={close}
        >
          <p>{t("keeping.expire_text", { members: seen.left.members })}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
