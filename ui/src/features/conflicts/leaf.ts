import * as m from "../../lib/paraglide/messages.js";
import { pathLabel, valueText } from "../../lib/text";

/** The name of a leaf: a field, a figure, or what becomes of the session. */
export function leafName(path: string): string {
  return path === "void" ? m.conflict_void() : pathLabel(path);
}

/** A leaf's text in one version, as people read it. */
export function leafValue(path: string, value: string): string {
  if (path === "void") return value === "" ? m.conflict_keep() : m.conflict_drop();
  if (path === "attachments") return value === "" ? m.conflict_no_photo() : m.conflict_photos({ count: value.split(", ").length, names: value });
  return valueText(path, value) || m.not_collected();
}
