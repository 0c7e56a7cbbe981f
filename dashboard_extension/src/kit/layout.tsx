import type { ReactNode } from "react";
import { useEffect, useId } from "react";

/**
 * A page: its title, what can be done with all of it, and its sections.
 *
 * While it is `saving` nothing on it can be changed.
 */
export function Page(props: { title: string; lead?: ReactNode; actions?: ReactNode; saving?: boolean; children: ReactNode }) {
  const { title } = props;
  useEffect(() => {
    document.title = title;
  }, [title]);
  const content = (
    <>
      <header className="kit-page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {props.lead !== undefined && <p className="kit-soft">{props.lead}</p>}
        </div>
        {props.actions !== undefined && <div className="kit-actions">{props.actions}</div>}
      </header>
      {props.children}
    </>
  );
  return <div className="kit-page">{props.saving === undefined ? content : <Resting when={props.saving}>{content}</Resting>}</div>;
}

/** Fields and buttons that rest for a while: what would be typed while it is saved would be lost. */
export function Resting(props: { when: boolean; children: ReactNode }) {
  return (
    <fieldset className="kit-resting" role="presentation" disabled={props.when}>
      {props.children}
    </fieldset>
  );
}

/** A card of a page, with a heading. */
export function Section(props: { title: string; hint?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="kit-section" aria-labelledby={id}>
      <div className="kit-section-head">
        <div>
          <h2 id={id}>{props.title}</h2>
          {props.hint !== undefined && <p className="kit-hint">{props.hint}</p>}
        </div>
        {props.actions !== undefined && <div className="kit-actions">{props.actions}</div>}
      </div>
      {props.children}
    </section>
  );
}

export type Tone = "neutral" | "info" | "success" | "warning" | "error";

/** A remark that stands out. It is read aloud at once where `live`. */
export function Notice(props: { tone: Exclude<Tone, "neutral">; live?: boolean; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className="kit-notice" data-tone={props.tone} role={props.live ? (props.tone === "error" ? "alert" : "status") : undefined}>
      <div>{props.children}</div>
      {props.actions !== undefined && <div className="kit-actions">{props.actions}</div>}
    </div>
  );
}

/** A state in one or two words. */
export function Badge(props: { tone?: Tone; children: ReactNode }) {
  return (
    <span className="kit-badge" data-tone={props.tone ?? "neutral"}>
      {props.children}
    </span>
  );
}

/** Where nothing is yet: says what would stand here and how it comes to be. */
export function Empty(props: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="kit-empty">
      <h3>{props.title}</h3>
      {props.children !== undefined && <p>{props.children}</p>}
      {props.action}
    </div>
  );
}

/** Large figures side by side: `[label, value]`. */
export function Figures(props: { items: readonly { label: string; value: ReactNode; name?: string }[] }) {
  return (
    <dl className="kit-figures">
      {props.items.map((item) => (
        <div key={item.label}>
          <dt>{item.label}</dt>
          <dd data-figure={item.name}>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Names and what they are, one line each. */
export function Terms(props: { items: readonly { name: string; value: ReactNode }[] }) {
  return (
    <dl className="kit-terms">
      {props.items.map((item) => (
        <div key={item.name}>
          <dt>{item.name}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
