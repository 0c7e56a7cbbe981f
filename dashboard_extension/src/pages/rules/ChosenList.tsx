/** What was picked, each with a button that takes it away and is named by `away`. */
export function ChosenList(props: {
  values: readonly string[];
  called: (value: string) => string;
  away: (name: string) => string;
  disabled: boolean;
  remove: (value: string) => void;
}) {
  if (props.values.length === 0) return null;
  return (
    <ul className="rules-chosen">
      {props.values.map((value) => (
        <li key={value} data-chosen={value}>
          {props.called(value)}
          {!props.disabled && (
            <button type="button" aria-label={props.away(props.called(value))} onClick={() => props.remove(value)}>
              ×
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
