import { useApiQuery } from "@/api";

/** The store's time zone; while it is not known the times are shown as the API gave them. */
export function useZone(): string | undefined {
  return useApiQuery("/api/dashboard/v1/general").data?.locale.timezone;
}
