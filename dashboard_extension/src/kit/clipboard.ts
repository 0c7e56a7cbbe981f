/**
 * Copies text; gives whether it could. The Dashboard's frames have no leave to use the clipboard's
 * own interface, but a selection may be copied in them while a click is handled. The selection has to
 * stand within an open dialog: around it everything is inert, and nothing inert can be selected.
 */
export async function copyText(text: string): Promise<boolean> {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "kit-visually-hidden";
  const focused = document.activeElement;
  const modals = document.querySelectorAll("dialog[open]");
  (modals[modals.length - 1] ?? document.body).append(field);
  field.focus({ preventScroll: true });
  field.select();
  // A browser says that it copied also when nothing could be selected.
  const copied = document.activeElement === field && document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  if (copied) return true;
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}
