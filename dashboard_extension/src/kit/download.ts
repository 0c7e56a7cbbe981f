import { useCallback, useState } from "react";

import { useApi } from "@/api";
import { ApiFailure, failureOf } from "@/api/failure";

import { useNotify } from "./staff";
import { useFailureWords } from "./waiting";

/**
 * Fetches `path` with the person's token and saves what comes as a file: the frame may download, but
 * a plain link carries no token. `busy` while it is on its way; a failure is told by a notification.
 */
export function useDownload(): { download: (path: string, name?: string) => Promise<boolean>; busy: boolean } {
  const { fetch } = useApi();
  const notify = useNotify();
  const words = useFailureWords();
  const [busy, setBusy] = useState(false);
  const download = useCallback(
    async (path: string, name?: string) => {
      setBusy(true);
      try {
        const response = await fetch(new Request(new URL(path, location.origin)));
        if (!response.ok) throw await failureOf(response);
        const content = await response.blob().catch(() => {
          throw new ApiFailure(0, "unreachable", "");
        });
        save(content, name ?? fileName(response.headers.get("Content-Disposition")));
        return true;
      } catch (failure) {
        if (!(failure instanceof ApiFailure)) throw failure;
        const { title, text } = words(failure);
        notify("error", title, text);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [fetch, notify, words],
  );
  return { download, busy };
}

/** The name that a Content-Disposition header gives a file. */
export function fileName(disposition: string | null): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/i.exec(disposition ?? "")?.[1] ?? "download";
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
