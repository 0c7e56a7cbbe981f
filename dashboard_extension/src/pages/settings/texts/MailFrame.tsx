import { useMemo, useState } from "react";

import { LOOKS, staged } from "./words";

const LEAST = 240;

/** A mail as it looks, in a frame in which nothing runs. */
export function MailFrame(props: { title: string; html: string }) {
  const { html, sheets } = useMemo(() => staged(props.html), [props.html]);
  const [height, setHeight] = useState(LEAST);
  const dress = (frame: HTMLIFrameElement) => {
    const mail = frame.contentDocument;
    const view = frame.contentWindow as (Window & typeof globalThis) | null;
    if (mail === null || view === null) return;
    mail.adoptedStyleSheets = sheets.map((text) => {
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
    for (const element of mail.querySelectorAll<HTMLElement>(`[${LOOKS}]`)) element.style.cssText = element.getAttribute(LOOKS) ?? "";
    setHeight(Math.max(LEAST, mail.documentElement.scrollHeight));
  };
  return (
    <iframe
      className="settings-mail"
      // The page itself dresses the frame; without allow-scripts nothing in it runs.
      sandbox="allow-same-origin"
      srcDoc={html}
      title={props.title}
      height={height}
      onLoad={(event) => dress(event.currentTarget)}
    />
  );
}
