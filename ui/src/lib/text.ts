import type { FindingView } from "./generated/contract";
import { number } from "../shared/format";
import * as catalogue from "./paraglide/messages.js";

type Message = (params: Record<string, string>) => string;

const messages = catalogue as unknown as Record<string, Message | undefined>;

/** Whether the catalogue has this message. */
export function hasText(key: string): boolean {
  return typeof messages[key] === "function";
}

/** A message whose key is made at run time. An unknown key is shown as it is: better than an empty spot. */
export function text(key: string, params: Record<string, string> = {}): string {
  const message = messages[key];
  if (typeof message !== "function") return key;
  const filled: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) filled[name] = value.startsWith("@") ? text(value.slice(1)) : value;
  return message(filled);
}

/** The message of a code that may come with or without its prefix. */
export function coded(prefix: string, code: string): string {
  return hasText(code) ? text(code) : text(`${prefix}_${code}`);
}

/** The label of a code; an unknown code is shown as it is. */
export function label(list: string, code: string): string {
  const key = `${list}_${code}`;
  return hasText(key) ? text(key) : code;
}

export function labels(list: string, codes: string[]): string {
  return codes.map((code) => label(list, code)).join(", ");
}

/** The sentence of a finding. */
export function findingText(finding: Pick<FindingView, "code" | "params">): string {
  return text(`finding_${finding.code}`, finding.params);
}

/** `counts.adult.female` → “Người trưởng thành · Nữ”; `venue` → “Địa điểm”. */
export function pathLabel(path: string): string {
  const [head = "", group, column] = path.split(".");
  if (head !== "counts") return label("field", head);
  return [group && label("target_group", group), column && label("column", column)].filter(Boolean).join(" · ");
}

const CODED_FIELDS: Record<string, string> = {
  form: "form",
  language: "language",
  topics: "topic",
  target_group: "target_group",
  measure: "measure",
  evidence_kind: "evidence_kind",
  basis: "population_basis",
  state: "report_state",
  flag: "comment_flag",
};

/** Fields that are counts: people read them with dots. */
const COUNTS = ["value", "excluded", "numerator", "population", "members", "female", "youth_union", "khmer"];

/** A field's text in a history: codes become their labels, counts get their dots. */
export function valueText(path: string, value: string): string {
  if (COUNTS.includes(path) && /^\d{4,15}$/.test(value)) return number(Number(value));
  const list = CODED_FIELDS[path];
  if (value === "" || !list) return value;
  return value.split(/[,;]\s*/).map((code) => label(list, code)).join(", ");
}
