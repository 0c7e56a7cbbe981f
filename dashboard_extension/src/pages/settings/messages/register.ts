/** The number of the last line of an export of ours, by which the register was told; null for any other file. */
export function lastLine(csv: string): number | null {
  const [heading, ...lines] = csv.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (heading === undefined || !/^recipient,.*,id$/.test(heading.replace(/^\uFEFF/, "").replaceAll('"', ""))) return null;
  const ids = lines.map((line) => /,"?(\d{1,16})"?$/.exec(line.trim())?.[1]);
  const numbers = ids.map((id) => (id === undefined ? Number.NaN : Number(id)));
  return numbers.length > 0 && numbers.every(Number.isSafeInteger) ? Math.max(...numbers) : null;
}
