import type { RecordForm } from "../../lib/generated/contract";
import { count, date, type Field, POPULATION, text } from "../../shared/recordFields";

export const TABS = ["population", "vneid", "team"] as const;
export type Tab = (typeof TABS)[number];

export interface Kind {
  /** Kind of its records. */
  kind: string;
  /** In order of typing; the unit comes before them. */
  fields: Field[];
  /** What every record here says, whatever is typed. */
  fixed: Record<string, string>;
  /** Fields that say which figure it is: with another of them it is another figure. None for what has a name of its own. */
  key: string[];
  /** Columns of the list, after the unit. */
  columns: string[];
}

export const KINDS: Record<Tab, Kind> = {
  population: {
    kind: "population",
    fields: POPULATION,
    fixed: {},
    key: ["target_group", "basis", "as_of"],
    columns: ["target_group", "value", "as_of"],
  },
  vneid: {
    kind: "coverage",
    fields: [count("numerator"), count("population"), date("as_of"), text("source"), text("note")],
    fixed: { target_group: "adult", measure: "vneid_confirmed", evidence_kind: "vneid_confirmed" },
    key: ["as_of"],
    columns: ["numerator", "population", "as_of"],
  },
  team: {
    kind: "team",
    fields: [
      text("name"),
      count("members"),
      count("female"),
      count("youth_union"),
      count("khmer"),
      text("leader_name"),
      text("leader_phone"),
      text("decision_number"),
      date("decision_date"),
      date("active_from"),
      date("active_to"),
      text("note"),
    ],
    fixed: {},
    key: [],
    columns: ["name", "members", "leader_name"],
  },
};

/** Whether a record belongs in a tab: all of its kind, of coverage only what is confirmed on VNeID. */
export function belongs(tab: Tab, { fields }: RecordForm): boolean {
  return Object.entries(KINDS[tab].fixed).every(([name, value]) => name === "evidence_kind" || fields[name] === value);
}

/** Which figure it is, without its day: those of one key are the same figure on different days. */
export function series(tab: Tab, { unit, fields }: Pick<RecordForm, "unit" | "fields">): string {
  return [unit, ...KINDS[tab].key.filter((name) => name !== "as_of").map((name) => fields[name] ?? "")].join("|");
}
