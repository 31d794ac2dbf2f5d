import { app } from "../lib/app.svelte";
import { number } from "./format";

/** One field of a record's form. */
export interface Field {
  name: string;
  type: "text" | "count" | "date" | "code" | "year";
  /** Of a code: the list it is of. */
  list?: string;
}

export const text = (name: string): Field => ({ name, type: "text" });
export const count = (name: string): Field => ({ name, type: "count" });
export const date = (name: string): Field => ({ name, type: "date" });
export const code = (name: string, list: string): Field => ({ name, type: "code", list });

/** Of a population, in order of typing. */
export const POPULATION: Field[] = [
  code("target_group", "target_group"),
  count("value"),
  date("as_of"),
  { name: "school_year", type: "year" },
  code("basis", "population_basis"),
  text("source"),
  count("excluded"),
  text("exclusion_reason"),
  text("note"),
];

/** Fields to be typed: a school year is asked for only of who is taught. */
export function asked(fields: Field[], values: Record<string, string | undefined>): Field[] {
  const taught = app.groups().some(({ code, taught }) => taught && code === values.target_group);
  return fields.filter(({ type }) => type !== "year" || taught || (values.school_year ?? "") !== "");
}

/** A text as it stands once its field is left: a count has its dots. */
export function atRest({ type }: Field, typed: string): string {
  const plain = typed.trim();
  return type === "count" && /^[1-9]\d{3,14}$/.test(plain) ? number(Number(plain)) : typed;
}
