/**
 * Copies text; gives whether it could. The Dashboard's frames have no leave to use the clipboard's
 * own interface, but a selection may be copied in them while a click is handled.
 */
export async function copyText(text: string): Promise<boolean> {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "kit-visually-hidden";
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  if (copied) return true;
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}
