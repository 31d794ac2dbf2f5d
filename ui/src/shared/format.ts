import { locale } from "../lib/locale.svelte";
import * as m from "../lib/paraglide/messages.js";

/** `1.234` in Vietnamese, `1,234` in English. */
export function number(value: number): string {
  return new Intl.NumberFormat(locale() === "vi" ? "vi-VN" : "en-GB").format(value);
}

/** `12,3 KB`, `1,5 MB`: a size people compare with what a stick has left. */
export function fileSize(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, "KB"] : [bytes / 1_000_000, "MB"];
  const written = new Intl.NumberFormat(locale() === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 1 }).format(Math.max(value, 0.1));
  return `${written} ${unit}`;
}

/** `57,1 %` of two counts, or nothing when there is no whole. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "";
  const style = { style: "percent", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale() === "vi" ? "vi-VN" : "en-GB", style).format(part / whole);
}

/** `09:42` of an instant written with its local offset. */
export function clock(at: string): string {
  return local(at).slice(11, 16);
}

/** `09:42:07`. */
export function clockSeconds(at: string): string {
  return local(at).slice(11, 19);
}

/** `22/11 09:42`. */
export function dayClock(at: string): string {
  return `${day(at)} ${clock(at)}`;
}

/** `22/11/2025` of an instant. */
export function fullDay(at: string): string {
  return `${day(at)}/${local(at).slice(0, 4)}`;
}

/** `22/11/2025 09:42`. */
export function fullClock(at: string): string {
  return `${fullDay(at)} ${clock(at)}`;
}

/** `2025-11` → “Tháng 11/2025”. */
export function monthName(month: string): string {
  const [year = "", number = ""] = month.split("-");
  return m.month_name({ month: String(Number(number)), year });
}

/** `2025-11-15` → `15/11`. */
export function shortDate(iso: string): string {
  const [, month = "", day = ""] = iso.split("-");
  return `${day}/${month}`;
}

/** `22/11/2025` as something that sorts; `1.3.2025` as the same as `01/03/2025`. */
export function dayOrder(typed: string | undefined): string {
  const parts = (typed ?? "").trim().split(/[^\d]+/);
  return parts.map((part) => part.padStart(2, "0")).reverse().join("");
}

export function weekday(iso: number): string {
  const names = [m.weekday_1, m.weekday_2, m.weekday_3, m.weekday_4, m.weekday_5, m.weekday_6, m.weekday_7];
  return names[iso - 1]?.() ?? "";
}

function day(at: string): string {
  return shortDate(local(at).slice(0, 10));
}

/** Instants come with the machine's own offset, so the text already is local time; only `Z` has to be moved. */
function local(at: string): string {
  if (!at.endsWith("Z")) return at;
  const instant = new Date(at);
  return new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString();
}
