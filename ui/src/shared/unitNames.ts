import * as m from "../lib/paraglide/messages.js";

/** What a unit is called in the other boundaries, where that differs: when it was recorded, or today. */
export function otherName({ unit_then, unit_now }: { unit_then: string | null; unit_now: string | null }): string {
  if (unit_then !== null) return m.unit_then({ name: unit_then });
  return unit_now === null ? "" : m.unit_now({ name: unit_now });
}

/** Its name with the other one beside it. */
export function bothNames(row: { unit_name: string; unit_then: string | null; unit_now: string | null }): string {
  const other = otherName(row);
  return other === "" ? row.unit_name : `${row.unit_name} (${other})`;
}
