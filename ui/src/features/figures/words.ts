import * as m from "../../lib/paraglide/messages.js";
import { label, pathLabel } from "../../lib/text";
import type { VoidWords } from "../../shared/voiding";
import { KINDS, type Tab } from "./kinds";

export function tabName(tab: Tab): string {
  return { population: m.figures_population, vneid: m.figures_vneid, team: m.figures_team }[tab]();
}

export function voidWords(): VoidWords {
  return { done: m.figures_voided(), undone: m.figures_restored() };
}

/** Of what is confirmed on VNeID the words for its two numbers say so. */
export function fieldName(tab: Tab, name: string): string {
  if (tab === "vneid" && name === "numerator") return m.figures_confirmed();
  if (tab === "vneid" && name === "population") return m.figures_adults();
  if (tab === "team" && name === "name") return m.figures_team_name();
  return pathLabel(name);
}

/** A field's text in the list; a code becomes its label. */
export function shown(tab: Tab, name: string, text: string): string {
  const list = KINDS[tab].fields.find((field) => field.name === name)?.list;
  return list && text !== "" ? label(list, text) : text;
}

/** What belongs to a cell though it has no column: who counts as there, and how many are left out. */
export function beside(name: string, fields: Record<string, string | undefined>): string {
  if (name === "target_group" && fields.basis) return label("population_basis", fields.basis);
  if (name === "value" && fields.excluded && fields.excluded !== "0") return m.figures_less({ count: fields.excluded });
  return "";
}
