import { useT } from "@/kit";

/** Shown where no Dashboard is around the page: says where it belongs and how it is installed. */
export function Outside() {
  const t = useT();
  return (
    <main className="kit-page shell-outside" id="outside">
      <h1>{t("shell.outside_title")}</h1>
      <p>{t("shell.outside_text")}</p>
      <ol>
        <li>{t("shell.outside_step_1")}</li>
        <li>{t("shell.outside_step_2")}</li>
        <li>{t("shell.outside_step_3")}</li>
      </ol>
      <p className="shell-address">
        <code>{`${location.origin}/api/manifest`}</code>
      </p>
    </main>
  );
}
