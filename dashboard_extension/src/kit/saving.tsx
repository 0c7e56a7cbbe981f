import { useEffect } from "react";
import { useBlocker } from "react-router";

import { Button } from "./Button";
import { ConfirmDialog } from "./dialogs";
import { useT } from "./staff";
import { Failure } from "./waiting";

/** Keeps a person on the page while they have changes that are not saved; render what it gives. */
export function useExitGuard(dirty: boolean) {
  const t = useT();
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (!dirty) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
  if (blocker.state !== "blocked") return null;
  return (
    <ConfirmDialog title={t("kit.leave_title")} confirm={t("kit.leave")} destructive onClose={blocker.reset} onConfirm={blocker.proceed}>
      <p>{t("kit.leave_text")}</p>
    </ConfirmDialog>
  );
}

/**
 * The bar at the bottom of a form: the one place where it is saved. Brings the exit guard along.
 *
 * With `offered` the form can be saved as it stands: what nobody has confirmed yet. `blocked` says
 * what has to be done before it can be saved. `error` is why it could not be: said here, as the bar is in sight wherever
 * the person is on a long form.
 */
export function SaveBar(props: {
  dirty: boolean;
  saving: boolean;
  onSave?: () => void;
  onDiscard: () => void;
  disabled?: boolean;
  label?: string;
  offered?: boolean;
  blocked?: string;
  error?: unknown;
}) {
  const t = useT();
  const guard = useExitGuard(props.dirty && !props.saving);
  return (
    <div className="kit-savebar">
      {props.dirty && props.error ? <Failure error={props.error} /> : null}
      <p role="status" className="kit-soft">
        {props.blocked ?? (props.dirty ? t("kit.unsaved") : "")}
      </p>
      <Button type="button" variant="secondary" disabled={!props.dirty || props.saving} onClick={props.onDiscard} data-savebar="discard">
        {t("kit.discard")}
      </Button>
      <Button
        type={props.onSave ? "button" : "submit"}
        disabled={!(props.dirty || props.offered) || props.saving || props.disabled || props.blocked !== undefined}
        onClick={props.onSave}
        data-savebar="save"
      >
        {props.saving ? t("kit.saving") : (props.label ?? t("kit.save"))}
      </Button>
      {guard}
    </div>
  );
}
