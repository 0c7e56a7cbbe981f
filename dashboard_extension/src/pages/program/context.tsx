import { createContext, useContext } from "react";
import type { Control, UseFormSetValue } from "react-hook-form";

import type { Answer } from "@/api";

import type { ProgramForm } from "./form";
import type { FieldName, Sorted } from "./places";
import type { Json } from "./shapes";
import type { Checked, ExampleOrder } from "./useChecked";

export type Seen = Answer<"/api/dashboard/v1/program">;

interface Editing {
  readonly seen: Seen;
  readonly control: Control<ProgramForm>;
  readonly setValue: UseFormSetValue<ProgramForm>;
  readonly disabled: boolean;
  /** What the form says, as a document. */
  readonly document: Json;
  readonly checked: Checked | null;
  readonly found: Sorted;
  readonly orders: readonly ExampleOrder[];
  readonly setOrder: (order: ExampleOrder) => void;
}

export const EditingContext = createContext<Editing | null>(null);

/** The form that the sections of the page share, and what the server says of it. */
export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (editing === null) throw new Error("useEditing stands outside of the form");
  return editing;
}

/** What a setting means for an order, as the server works it out while the form is being filled. */
export function Example(props: { path: string; channel?: string }) {
  const { checked } = useEditing();
  const found = (checked?.examples ?? []).filter(
    (one) => one.path === props.path && (props.channel === undefined || one.channel === "" || one.channel === props.channel),
  );
  if (found.length === 0) return null;
  return (
    <ul className="program-examples" data-example={props.path}>
      {found.map((one) => (
        <li key={one.channel + one.text}>{one.text}</li>
      ))}
    </ul>
  );
}

/** What is doubtful about a field, though it may be published. */
export function Doubt(props: { field: FieldName }) {
  const { found } = useEditing();
  const wrong = found.wrong.get(props.field);
  const text = wrong ?? found.doubtful.get(props.field);
  if (text === undefined) return null;
  return <p className={wrong === undefined ? "program-doubt" : "kit-wrong"}>{text}</p>;
}
