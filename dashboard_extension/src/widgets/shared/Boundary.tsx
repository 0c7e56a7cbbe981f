import { Component, type ReactNode } from "react";

import { Failure } from "@/kit";
import { reload } from "@/shell/reload";

/** Says that a widget failed where it would otherwise be blank. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <Failure error={error} retry={() => reload()} />;
  }
}
