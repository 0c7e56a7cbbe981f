import { AdjustmentTable } from "../AdjustmentTable";

/** What staff gave to and took from one member, and what they asked for. */
export function ByHand({ id }: { id: string }) {
  return <AdjustmentTable query={{ member: id }} />;
}
