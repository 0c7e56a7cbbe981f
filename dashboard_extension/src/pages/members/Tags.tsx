import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { Button, Failure, FieldText, Loaded, Section, useT } from "@/kit";

type Tag = components["schemas"]["MemberTagLine"];
const PATH = "/api/dashboard/v1/members/{member}/tags";
const SEGMENTS = "/api/dashboard/v1/members/{member}/segments";

/** The tags of a member, each with what gives it; staff add and remove them. */
export function Tags({ id, gives }: { id: string; gives: boolean }) {
  const t = useT();
  const query = useApiQuery(PATH, { params: { path: { member: id } } });
  const remove = useApiMutation("delete", "/api/dashboard/v1/members/{member}/tags/{tag}", { invalidates: [PATH, SEGMENTS] });
  return (
    <Section title={t("members.tags")} hint={t("members.tags_hint")}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="kit-soft">{t("members.no_tags")}</p>
          ) : (
            <ul className="members-tags">
              {items.map((one) => (
                <li key={one.tag} data-member-tag={one.tag}>
                  <strong>{one.tag}</strong> <From tag={one} />
                  {gives && (
                    <button
                      type="button"
                      disabled={remove.isPending}
                      aria-label={t("members.tag_remove", { tag: one.tag })}
                      onClick={() => remove.mutate({ params: { path: { member: id, tag: one.tag } } })}
                    >
                      ×
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {remove.error && <Failure error={remove.error} />}
      {gives && <Add id={id} />}
    </Section>
  );
}

/** What gives a tag: orders, by rules, and whoever of the staff put it there. */
function From({ tag }: { tag: Tag }) {
  const t = useT();
  const from = [tag.orders > 0 && t("members.tag_of_orders", { count: tag.orders }), tag.by !== null && t("members.tag_by", { by: tag.by })];
  return <span className="kit-small">{from.filter(Boolean).join(" · ")}</span>;
}

function Add({ id }: { id: string }) {
  const t = useT();
  const schema = z.object({ tag: z.string().trim().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/, t("members.tag_format")) });
  const form = useForm<z.infer<typeof schema>>({ resolver: zodResolver(schema), defaultValues: { tag: "" } });
  const put = useApiMutation("post", PATH, { invalidates: [PATH, SEGMENTS], onSuccess: () => form.reset() });
  const submit = form.handleSubmit((body) => put.mutate({ params: { path: { member: id } }, body }));
  return (
    <form className="kit-stack" noValidate onSubmit={(event) => void submit(event)}>
      <div className="kit-fields">
        <FieldText control={form.control} name="tag" label={t("members.tag_new")} hint={t("members.tag_format")} maxLength={60} />
      </div>
      {put.error && <Failure error={put.error} />}
      <div className="kit-actions">
        <Button type="submit" variant="secondary" disabled={put.isPending}>
          {t("members.tag_add")}
        </Button>
      </div>
    </form>
  );
}
