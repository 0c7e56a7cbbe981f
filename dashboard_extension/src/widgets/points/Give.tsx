import { zodResolver } from "@hookform/resolvers/zod";
import { actions } from "@saleor/app-sdk/app-bridge";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { useIntl } from "react-intl";

import { useApiMutation, type Answer } from "@/api/hooks";
import { Button, Failure, FieldLongText, FieldNumber, FieldSelect, Notice, Points, useBridge, useNotify, useT } from "@/kit";

import { tellChanged } from "../shared/changes";
import { LONGEST_NOTE, needsNote, reasonsFor, signed, wishSchema, type Wish } from "./wish";

type Terms = Answer<"/api/dashboard/v1/points-terms">;

/** The form; when it is done it says so, has the page behind it looked at anew, and closes. */
export function Give(props: { member: string; available: number; terms: Terms }) {
  const { member, available, terms } = props;
  const t = useT();
  const intl = useIntl();
  const bridge = useBridge();
  const notify = useNotify();
  const close = () => void bridge.act(actions.PopupClose());
  const form = useForm<Wish>({
    defaultValues: { direction: "give", points: null, reason: "", note: "" },
    resolver: zodResolver(wishSchema(t, terms.reasons, available)) as never,
  });
  const give = useApiMutation("post", "/api/dashboard/v1/members/{member}/points", {
    idempotent: true,
    invalidates: [],
    onSuccess: (made) => {
      const points = intl.formatNumber(Math.abs(made.points));
      if (made.state === "waiting") notify("info", t("points.waits"), t("points.waits_text"));
      else notify("success", t(made.points > 0 ? "points.given" : "points.taken", { points }));
      tellChanged();
      void bridge.act(actions.RefreshEntity()).then(close);
    },
  });
  const [direction, reason, points] = form.watch(["direction", "reason", "points"]);
  const fitting = reasonsFor(terms.reasons, direction);
  const fits = fitting.some((one) => one.code === reason);
  useEffect(() => {
    if (reason !== "" && !fits) form.setValue("reason", "");
  }, [fits, form, reason]);
  if (!terms.may_give) return <Notice tone="warning">{t("points.may_not")}</Notice>;
  const amount = typeof points === "number" && Number.isInteger(points) && points > 0 ? points : 0;
  const send = form.handleSubmit((wish) =>
    give.mutate({
      params: { path: { member } } as never,
      body: {
        points: signed({ direction: wish.direction, points: Number(wish.points) }),
        reason: wish.reason as never,
        note: wish.note.trim(),
      },
    }),
  );
  return (
    <form className="kit-stack" noValidate onSubmit={(event) => void send(event)}>
      <fieldset className="kit-actions">
        <legend className="kit-visually-hidden">{t("points.direction")}</legend>
        {(["give", "take"] as const).map((one) => (
          <label key={one} className="widget-choice">
            <input type="radio" value={one} {...form.register("direction")} />
            {t(`points.direction.${one}`)}
          </label>
        ))}
      </fieldset>
      <FieldNumber
        control={form.control}
        name="points"
        label={t("points.amount")}
        hint={
          <>
            {t("points.balance")} <Points value={available} />
            {amount > 0 && (
              <>
                {" → "}
                <Points value={available + signed({ direction, points: amount })} />
              </>
            )}
          </>
        }
      />
      <FieldSelect
        control={form.control}
        name="reason"
        label={t("points.reason")}
        empty={t("points.choose")}
        choices={fitting.map((one) => ({ value: one.code, label: one.name }))}
      />
      <FieldLongText
        control={form.control}
        name="note"
        label={needsNote({ direction, reason }) ? t("points.note_needed") : t("points.note")}
        hint={t("points.note_hint")}
        rows={3}
        maxLength={LONGEST_NOTE}
      />
      {amount > terms.left_today || amount > terms.left_this_month ? (
        <Notice tone="info" live>
          {t("points.beyond")}
        </Notice>
      ) : (
        <p className="kit-soft kit-small">
          {t("points.left", { today: terms.left_today, month: terms.left_this_month })}
        </p>
      )}
      {give.error && <Failure error={give.error} />}
      <div className="kit-actions">
        <Button type="submit" disabled={give.isPending} data-deed="send">
          {give.isPending ? t("points.working") : t(`points.send.${direction}`)}
        </Button>
        <Button type="button" variant="secondary" disabled={give.isPending} onClick={close}>
          {t("points.cancel")}
        </Button>
      </div>
    </form>
  );
}
