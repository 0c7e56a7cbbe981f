import type { FormEvent, ReactNode } from "react";
import { useId, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";

import { Button } from "./Button";
import { Failure } from "./waiting";
import { useT } from "./staff";

/**
 * A dialog over the page. Escape and the backdrop's keys close it; the focus comes back to where it
 * was. It stands in the DOM only while open.
 */
export function Dialog(props: {
  title: string;
  onClose: () => void;
  onSubmit?: () => void;
  children: ReactNode;
  actions: ReactNode;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Before the element goes: only a dialog that is closed while it stands gives the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A dialog may be rendered within a form of the page, which is not what was sent.
    event.stopPropagation();
    props.onSubmit?.();
  };
  return createPortal(
    <dialog
      className="kit-dialog"
      ref={element}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <form noValidate onSubmit={submit}>
        <h2 id={heading}>{props.title}</h2>
        <div className="kit-stack">{props.children}</div>
        <div className="kit-actions">{props.actions}</div>
      </form>
    </dialog>,
    document.body,
  );
}

/** Asks before a step that cannot be taken back; `children` say what will happen. It is `unready` while that is not known. */
export function ConfirmDialog(props: {
  title: string;
  confirm: string;
  destructive?: boolean;
  busy?: boolean;
  unready?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useT();
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      onSubmit={props.onConfirm}
      actions={
        <>
          <Button type="button" variant="secondary" disabled={props.busy} onClick={props.onClose} data-dialog="no">
            {t("kit.cancel")}
          </Button>
          <Button type="submit" variant={props.destructive ? "error" : "primary"} disabled={props.busy || props.unready} data-dialog="yes">
            {props.busy ? t("kit.working") : props.confirm}
          </Button>
        </>
      }
    >
      {props.children}
      {props.error !== undefined && props.error !== null && <Failure error={props.error} />}
    </Dialog>
  );
}
