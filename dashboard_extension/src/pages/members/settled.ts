import { useEffect, useState } from "react";

/** A value that follows once nobody has changed it for so many milliseconds. */
export function useSettled<Value>(value: Value, after = 300): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}
