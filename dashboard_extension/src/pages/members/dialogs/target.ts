/** The draft order that somebody pasted: its id, or an address of it in the Dashboard. */
export function draftOf(pasted: string): string | null {
  const text = pasted.trim();
  let last = text;
  try {
    last = decodeURIComponent(/\/(?:orders\/drafts|drafts|orders)\/([^/?#]+)/.exec(text)?.[1] ?? text);
  } catch {
    return null;
  }
  return /^[A-Za-z0-9+/=_-]{8,200}$/.test(last) && isOrder(last) ? last : null;
}

function isOrder(id: string): boolean {
  try {
    return atob(id).startsWith("Order:");
  } catch {
    return false;
  }
}
