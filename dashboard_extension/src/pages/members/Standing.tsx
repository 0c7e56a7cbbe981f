import { Badge, useT, type Tone } from "@/kit";

const TONES: Record<string, Tone> = { active: "success", paused: "warning", blocked: "error", left: "neutral", erased: "neutral" };

/** How a member stands: the state, and what is blocked. */
export function Standing(props: { state: string; blocked: readonly string[] }) {
  const t = useT();
  return (
    <span className="members-badges">
      <Badge tone={TONES[props.state] ?? "info"}>{t(`members.state.${props.state}`)}</Badge>
      {props.blocked.map((part) => (
        <Badge key={part} tone="error">
          {t(`members.blocked.${part}`)}
        </Badge>
      ))}
    </span>
  );
}

/** What a member is called where they have no name. */
export function useNameOf(): (member: { id: string; name: string; email?: string | null; state: string }) => string {
  const t = useT();
  return ({ id, name, email, state }) => name || email || t(state === "erased" ? "members.erased_name" : "members.guest_name", { id });
}
