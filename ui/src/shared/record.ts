import type { RecordForm } from "../lib/generated/contract";
import * as m from "../lib/paraglide/messages.js";
import { label } from "../lib/text";

/** What a record that is no session is called in a list: its kind, then what tells it from others of that kind. */
export function recordTitle({ kind, fields }: RecordForm): string {
  const of = (field: string) => fields[field] ?? "";
  const group = () => label("target_group", of("target_group"));
  const row = () => (of("class") !== "" ? m.record_class({ name: of("class") }) : of("grade") !== "" ? m.record_grade({ grade: of("grade") }) : group());
  const parts: Record<string, () => string[]> = {
    coverage: () => [row(), label("measure", of("measure")), of("as_of")],
    population: () => [group(), of("as_of")],
    team: () => [of("name")],
    comment: () => [of("text")],
    period_report: () => [of("label")],
  };
  return [label("record_kind", kind), ...(parts[kind]?.() ?? [])].filter(Boolean).join(" · ");
}

/** The place where it is shown and mended; nothing for a kind without a screen of its own. */
export function recordPlace({ kind, id, unit, fields }: RecordForm): string[] | undefined {
  if (kind === "coverage" && fields.measure !== "vneid_confirmed") return ["school", unit];
  if (kind === "coverage" || kind === "population" || kind === "team") return ["figures", kind === "coverage" ? "vneid" : kind, id ?? ""];
  return undefined;
}
