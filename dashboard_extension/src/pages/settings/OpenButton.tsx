import { actions } from "@saleor/app-sdk/app-bridge";

import { Button, useBridge } from "@/kit";

/** Opens an address outside of the Dashboard in a tab of its own: its frame lets no plain link do so. */
export function OpenButton(props: { to: string; children: string; size?: "small" | "medium"; disabled?: boolean }) {
  const bridge = useBridge();
  const open = () => void bridge.act(actions.Redirect({ to: props.to, newContext: true }));
  return (
    <Button variant="secondary" size={props.size} disabled={props.disabled} onClick={open}>
      {props.children}
    </Button>
  );
}
