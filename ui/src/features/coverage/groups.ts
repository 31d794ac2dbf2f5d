import { app } from "../../lib/app.svelte";
import type { GroupRules, RowMode } from "../../lib/generated/contract";

/** Groups a row can be of: only pupils sit in grades, only who is taught sits in classes, and a household is no person. */
function rules(mode: RowMode): GroupRules[] {
  return app.groups().filter(({ grades, taught, measures }) => (mode === "grade" ? grades !== null : mode === "class" ? taught : measures.length > 0));
}

/**
 * The columns a group's new row shows; while no group can be told, those of pupils. Whether a figure is right is judged by the
 * rules when it is saved.
 */
export function measuresOf(group: string, mode: RowMode): string[] {
  const all = rules(mode);
  const own = all.find(({ code }) => code === group) ?? all[0];
  return own?.measures ?? [];
}

/** Groups to choose from. */
export function groupsFor(mode: RowMode): string[] {
  return rules(mode).map(({ code }) => code);
}

/** The group a class's or grade's name tells, preferring what the unit has already; that of the row before when it tells none. */
export function guessGroup(name: string, others: string[]): string {
  const grade = Number(/^\d+/.exec(name)?.[0] ?? 0);
  const sits = ({ grades }: GroupRules) => grades !== null && grades[0] <= grade && grade <= grades[1];
  const fits = app.groups().filter(sits).map(({ code }) => code);
  if (fits.length > 0) return others.filter((group) => fits.includes(group)).at(-1) ?? fits[0] ?? "";
  return others.at(-1) ?? "";
}

/** `Khối 6` and `6` are the same grade. */
export function gradeText(text: string): string {
  return /^\s*(?:khối|khoi|lớp|lop|grade)?\s*(\d+)\s*$/iu.exec(text.normalize("NFC"))?.[1] ?? text.trim();
}
