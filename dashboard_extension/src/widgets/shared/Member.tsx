import type { Answer } from "@/api/hooks";
import { Badge, useT, type Tone } from "@/kit";

export type Member = NonNullable<Answer<"/api/dashboard/v1/widgets/customer">["member"]>;

const TONES: Readonly<Record<string, Tone>> = { active: "success", blocked: "error", paused: "warning" };

/** How a customer stands in the program: their state, and what is blocked. */
export function MemberState({ member }: { member: Member }) {
  const t = useT();
  const blocks = [
    member.spending_blocked && "spending",
    member.earning_blocked && "earning",
    member.codes_blocked && "codes",
  ].filter((one) => one !== false);
  return (
    <div className="kit-actions">
      <Badge tone={TONES[member.state] ?? "neutral"}>{t(`shared.state.${member.state}`)}</Badge>
      {blocks.map((one) => (
        <Badge key={one} tone="error">
          {t(`shared.blocked.${one}`)}
        </Badge>
      ))}
    </div>
  );
}
