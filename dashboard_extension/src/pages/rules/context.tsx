import { createContext, useContext } from "react";
import type { Control, FieldValues, UseFormGetValues, UseFormSetValue } from "react-hook-form";

import type { Seen } from "@/pages/program/context";

import type { Kind } from "./kinds";
import type { Known } from "./names";
import type { Placed } from "./places";
import type { EventKind, Told } from "./tells";

interface Editing {
  readonly seen: Seen;
  /** The fields of conditions are as deep as their tree: they are named by their places. */
  readonly control: Control<FieldValues>;
  readonly getValues: UseFormGetValues<FieldValues>;
  readonly setValue: UseFormSetValue<FieldValues>;
  readonly disabled: boolean;
  readonly findings: readonly Placed[];
  readonly names: Known;
  /** Remembers what something picked in the store is called. */
  readonly learn: (kind: string, reference: string, name: string) => void;
  /** Tiers of the program: id and name. */
  readonly tiers: readonly { readonly value: string; readonly label: string }[];
  /** Rewards of the program's catalog: id and name. */
  readonly rewards: readonly { readonly value: string; readonly label: string }[];
  /** Segments of the program: id and name. */
  readonly segments: readonly { readonly value: string; readonly label: string }[];
  /** Types of events of the program. */
  readonly events: readonly EventKind[];
  /** What plugins bring; null while it is not known. */
  readonly kinds: readonly Kind[] | null;
}

export const EditingContext = createContext<Editing | null>(null);

/** The form that the parts of the page share, and what the server says of it. */
export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (editing === null) throw new Error("useEditing stands outside of the form");
  return editing;
}

/** What the events tell that the rule at hand waits for; nothing where it waits for something else. */
export const TellsContext = createContext<readonly Told[]>([]);

export function useTells(): readonly Told[] {
  return useContext(TellsContext);
}
