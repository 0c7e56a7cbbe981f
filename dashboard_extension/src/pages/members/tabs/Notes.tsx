import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { Badge, Button, ConfirmDialog, Empty, Failure, FieldDate, FieldLongText, Loaded, useT, When } from "@/kit";

type Note = components["schemas"]["NoteLine"];
const PATH = "/api/dashboard/v1/members/{member}/notes";

/** What staff wrote down about a member; what has a day is to be done by then. */
export function Notes({ id, closed }: { id: string; closed: boolean }) {
  const t = useT();
  const query = useApiQuery(PATH, { params: { path: { member: id } } });
  const [deleting, setDeleting] = useState<Note | null>(null);
  return (
    <>
      {!closed && <Write id={id} />}
      <Loaded query={query}>
        {(seen) =>
          seen.items.length === 0 ? (
            <Empty title={t("members.no_notes")}>{t("members.no_notes_text")}</Empty>
          ) : (
            <div>
              {seen.items.map((note) => (
                <Written key={note.id} id={id} note={note} remove={() => setDeleting(note)} />
              ))}
            </div>
          )
        }
      </Loaded>
      {deleting && <Remove id={id} note={deleting} onClose={() => setDeleting(null)} />}
    </>
  );
}

function Write({ id }: { id: string }) {
  const t = useT();
  const schema = z.object({ text: z.string().trim().min(1, t("members.needs_text")), due_on: z.string().nullable() });
  const form = useForm<z.infer<typeof schema>>({ resolver: zodResolver(schema), defaultValues: { text: "", due_on: null } });
  const write = useApiMutation("post", PATH, { invalidates: [PATH], onSuccess: () => form.reset() });
  const submit = form.handleSubmit((body) => write.mutate({ params: { path: { member: id } }, body }));
  return (
    <form className="kit-stack" noValidate onSubmit={(event) => void submit(event)}>
      <FieldLongText control={form.control} name="text" label={t("members.new_note")} rows={3} maxLength={2000} />
      <div className="kit-fields">
        <FieldDate control={form.control} name="due_on" label={t("members.due_on")} hint={t("members.due_on_hint")} />
      </div>
      {write.error && <Failure error={write.error} />}
      <div className="kit-actions">
        <Button type="submit" variant="secondary" disabled={write.isPending}>
          {t("members.write_note")}
        </Button>
      </div>
    </form>
  );
}

function Written({ id, note, remove }: { id: string; note: Note; remove: () => void }) {
  const t = useT();
  const finish = useApiMutation("post", "/api/dashboard/v1/members/{member}/notes/{note}/done", { invalidates: [PATH] });
  const open = note.due_on && !note.done_at;
  return (
    <article className="members-note">
      <p className="members-text">{note.text}</p>
      <p className="kit-soft kit-small">
        {note.by} · <When at={note.at} /> {note.kind === "block" && <Badge>{t("members.note_of_block")}</Badge>}{" "}
        {note.due_on && !note.done_at && (
          <Badge tone="warning">
            {t("members.due")} <When at={note.due_on} form="day" />
          </Badge>
        )}
        {note.done_at && (
          <Badge tone="success">
            {t("members.done")} <When at={note.done_at} form="day" />
          </Badge>
        )}
      </p>
      <div className="kit-actions">
        {open && (
          <Button size="small" variant="secondary" disabled={finish.isPending} onClick={() => finish.mutate({ params: { path: { member: id, note: note.id } } })}>
            {t("members.finish")}
          </Button>
        )}
        <Button size="small" variant="tertiary" onClick={remove}>
          {t("members.delete")}
        </Button>
      </div>
      {finish.error && <Failure error={finish.error} />}
    </article>
  );
}

function Remove({ id, note, onClose }: { id: string; note: Note; onClose: () => void }) {
  const t = useT();
  const remove = useApiMutation("delete", "/api/dashboard/v1/members/{member}/notes/{note}", { invalidates: [PATH], onSuccess: onClose });
  return (
    <ConfirmDialog
      title={t("members.delete_note")}
      confirm={t("members.delete")}
      destructive
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ params: { path: { member: id, note: note.id } } })}
    >
      <p>{t("members.delete_note_text")}</p>
    </ConfirmDialog>
  );
}
