import { ApiFailure } from "@/api";

/** How long the typing rests before the server is asked, in milliseconds. */
const REST = 350;
/** So long after nobody answered it is asked again by itself. */
const AGAIN = 5_000;

/**
 * Asks once the typing rests, and again by itself while the answer stays away; gives how to stop.
 *
 * Args: `failed` is told of each failure; one that would come again as it is, is not asked again.
 */
export function askRested<Told>(ask: (signal: AbortSignal) => Promise<Told>, told: (answer: Told) => void, failed: (reason: unknown) => void): () => void {
  const stop = new AbortController();
  const attempt = async () => {
    try {
      const answer = await ask(stop.signal);
      if (!stop.signal.aborted) told(answer);
    } catch (reason) {
      if (stop.signal.aborted) return;
      failed(reason);
      if (reason instanceof ApiFailure && reason.mayPass) timer = setTimeout(() => void attempt(), AGAIN);
    }
  };
  let timer = setTimeout(() => void attempt(), REST);
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}
