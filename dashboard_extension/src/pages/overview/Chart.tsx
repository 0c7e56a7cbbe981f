import "uplot/dist/uPlot.min.css";

import { useEffect, useRef, useSyncExternalStore } from "react";
import { useIntl } from "react-intl";
import uPlot from "uplot";

export interface Line {
  readonly id: string;
  readonly label: string;
  /** A token of macaw-ui, such as "--mu-colors-background-accent1". */
  readonly color: string;
  readonly dash?: readonly number[];
  readonly values: readonly number[];
}

const HEIGHT = 240;
/** From here on numbers at an axis are shortened. */
const SHORTENED = 10_000;

/**
 * Lines over days. They are told apart by dashes too, not by color alone; a table beside it says the
 * same for who does not see it.
 */
export function Chart(props: { label: string; days: readonly string[]; lines: readonly Line[] }) {
  const intl = useIntl();
  const theme = useShownTheme();
  const place = useRef<HTMLDivElement>(null);
  const { label, days, lines } = props;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const chart = drawn(element, days, lines, intl.locale);
    const watched = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    watched.observe(element);
    return () => {
      watched.disconnect();
      chart.destroy();
    };
    // The theme changes what the tokens are.
  }, [days, lines, intl.locale, theme]);
  return (
    <figure className="overview-chart">
      <div ref={place} role="img" aria-label={label} />
      <figcaption>
        <ul>
          {lines.map((line) => (
            <li key={line.id}>
              <svg width="28" height="8" aria-hidden="true">
                <line x1="0" y1="4" x2="28" y2="4" stroke={`var(${line.color})`} strokeWidth="2.5" strokeDasharray={line.dash?.join(" ")} />
              </svg>
              {line.label}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function watchTheme(changed: () => void): () => void {
  const watched = new MutationObserver(changed);
  watched.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => watched.disconnect();
}

/** The theme whose tokens are in force: the page is told of it before its colors change. */
function useShownTheme(): string {
  return useSyncExternalStore(watchTheme, () => document.documentElement.dataset.theme ?? "");
}

function drawn(element: HTMLElement, days: readonly string[], lines: readonly Line[], locale: string): uPlot {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const soft = token("--kit-soft");
  const grid = { stroke: token("--kit-line"), width: 1 };
  const font = `12px ${style.fontFamily}`;
  const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const options: uPlot.Options = {
    width: Math.max(element.clientWidth, 200),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: { y: { range: (_plot, least, most) => [Math.min(0, least), Math.max(most * 1.08, 10)] } },
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: token(line.color),
        width: 2.5,
        dash: line.dash ? [...line.dash] : undefined,
        points: { show: days.length <= 1 },
      })),
    ],
    axes: [
      { stroke: soft, font, grid: { show: false }, ticks: grid, space: 70, values: (_plot, splits) => splits.map((one) => short.format(one * 1000)), incrs: [86_400, 172_800, 604_800, 1_209_600, 2_419_200, 7_257_600] },
      { stroke: soft, font, grid, ticks: { show: false }, size: 56, values: (_plot, splits) => splits.map((one) => (Math.abs(one) < SHORTENED ? whole : compact).format(one)) },
    ],
  };
  const data: uPlot.AlignedData = [days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000), ...lines.map((line) => [...line.values])];
  return new uPlot(options, data, element);
}
