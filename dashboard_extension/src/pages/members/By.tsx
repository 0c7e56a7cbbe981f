import { useT } from "@/kit";

/** What the books call the app where it gives points that nobody decided. */
const AUTOMATIC = "app:goodwill";

/** Who moved points; of what rules of the program do by themselves there is nobody to name. */
export function By({ who }: { who: string }) {
  const t = useT();
  if (who === "app") return null;
  return <p className="kit-soft kit-small">{who === AUTOMATIC ? t("members.by_app") : t("members.by", { who })}</p>;
}
