import { Failure, Page, Skeleton, useFailureWords, useNotify } from "@/kit";
import { useState, type ReactNode } from "react";

import { useApiQuery } from "@/api";

import type { Seen } from "./context";

/**
 * Shows an editor upon the draft as it is now.
 *
 * What was read for another page, or before somebody saved, is not edited: it would overwrite what
 * came since. `renew` begins anew upon what is saved; the editor stays where that cannot be read.
 */
export function OnDraft(props: { title: string; lead: string; lines?: number; children: (seen: Seen, renew: () => void) => ReactNode }) {
  const notify = useNotify();
  const words = useFailureWords();
  const page = useApiQuery("/api/dashboard/v1/program", undefined, { fresh: true });
  const [standing, setStanding] = useState<{ seen: Seen; round: number } | null>(null);
  if (standing === null && page.isFetchedAfterMount && page.isSuccess) setStanding({ seen: page.data, round: 0 });
  const renew = async () => {
    const read = await page.refetch();
    if (read.isSuccess) {
      setStanding((now) => ({ seen: read.data, round: (now?.round ?? 0) + 1 }));
    } else {
      const told = words(read.error);
      notify("error", told.title, told.text);
    }
  };
  if (standing === null) {
    return (
      <Page title={props.title} lead={props.lead}>
        {page.isError && !page.isFetching ? <Failure error={page.error} retry={() => page.refetch()} /> : <Skeleton lines={props.lines ?? 8} />}
      </Page>
    );
  }
  return <Begun key={standing.round}>{props.children(standing.seen, () => void renew())}</Begun>;
}

/** What is begun anew with another key. */
function Begun(props: { children: ReactNode }) {
  return props.children;
}
