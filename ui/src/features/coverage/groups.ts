import type { RowMode } from "../../lib/generated/contract";

/** The grades of each group, for guessing a group from a class's name; whether it is right is judged by the rules. */
const GRADES: [group: string, first: number, last: number][] = [
  ["pupil_primary", 1, 5],
  ["pupil_lower_secondary", 6, 9],
  ["pupil_upper_secondary", 10, 12],
  ["learner_gdtx", 6, 12],
];

const PUPIL = ["skilled", "equipped", "device_basics"];

/**
 * The columns a group's new row shows. Stored rows come with theirs from the program; a row being typed has none yet, and the
 * rules refuse a measure that does not apply.
 */
const MEASURES: Record<string, string[]> = {
  pupil_primary: PUPIL,
  pupil_lower_secondary: PUPIL,
  pupil_upper_secondary: PUPIL,
  learner_gdtx: PUPIL,
  student: [...PUPIL, "field_proficient"],
  adult: ["skilled", "equipped", "vneid_confirmed"],
};

export function measuresOf(group: string, mode: RowMode): string[] {
  return MEASURES[group] ?? (group === "" && mode !== "whole" ? PUPIL : ["skilled", "equipped"]);
}

/** Groups to choose from: only pupils sit in grades, only who is taught sits in classes, and a household is no person. */
export function groupsFor(mode: RowMode, all: string[]): string[] {
  const graded = GRADES.map(([group]) => group);
  if (mode === "grade") return all.filter((group) => graded.includes(group));
  if (mode === "class") return all.filter((group) => graded.includes(group) || group === "student");
  return all.filter((group) => group !== "household_business");
}

/** The group a class's or grade's name tells, preferring what the unit has already; that of the row before when it tells none. */
export function guessGroup(name: string, others: string[]): string {
  const grade = Number(/^\d+/.exec(name)?.[0] ?? 0);
  const fits = GRADES.filter(([, first, last]) => first <= grade && grade <= last).map(([group]) => group);
  if (fits.length > 0) return others.filter((group) => fits.includes(group)).at(-1) ?? fits[0] ?? "";
  return others.at(-1) ?? "";
}

/** `Khối 6` and `6` are the same grade. */
export function gradeText(text: string): string {
  return /^\s*(?:khối|khoi|lớp|lop|grade)?\s*(\d+)\s*$/iu.exec(text.normalize("NFC"))?.[1] ?? text.trim();
}
