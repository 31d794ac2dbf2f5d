import type { IndicatorView, PeriodView, StandingView } from "../../lib/generated/contract";
import { locale } from "../../lib/locale.svelte";
import * as m from "../../lib/paraglide/messages.js";
import { label } from "../../lib/text";
import { number } from "../../shared/format";

/** How far a unit is: three steps and "not known", each a pattern and a word, never a colour alone. */
export type Step = "low" | "middle" | "reached" | "unknown";

/** Half of the population, hundredths of a percent: below it a target is far away. */
const HALF = 5000;

export function step(standing: StandingView): Step {
  if (standing.state !== "value") return "unknown";
  if (standing.outcome === "achieved") return "reached";
  return (standing.hundredths ?? 0) < HALF ? "low" : "middle";
}

export function stepName(of: Step): string {
  return { low: m.progress_low, middle: m.progress_middle, reached: m.progress_reached, unknown: m.progress_unknown }[of]();
}

/** “cần > 80%”. */
export function need(indicator: IndicatorView): string {
  const threshold = indicator.kind === "percent" ? `${indicator.threshold}%` : m.progress_people({ count: number(indicator.threshold) });
  const words: Record<string, typeof m.progress_need_gt> = {
    gt: m.progress_need_gt,
    ge: m.progress_need_ge,
    lt: m.progress_need_lt,
    le: m.progress_need_le,
    eq: m.progress_need_eq,
  };
  return (words[indicator.comparator] ?? m.progress_need_ge)({ threshold });
}

/** The rate, or why there is none. */
export function rate(standing: StandingView): string {
  switch (standing.state) {
    case "value":
      return standing.percent ?? number(standing.numerator ?? 0);
    case "missing":
      return standing.numerator !== null ? m.progress_no_denominator() : standing.denominator !== null ? m.progress_no_numerator() : m.progress_missing();
    case "not_applicable":
      return m.progress_not_applicable();
    case "not_collected":
      return m.progress_not_collected();
    case "needs_reentry":
      return m.progress_needs_reentry();
  }
}

/** “Còn thiếu 715 người”, “Đạt”. */
export function outcome(standing: StandingView): string {
  if (standing.outcome === "achieved") return m.progress_achieved();
  const people = { count: number(standing.persons ?? 0) };
  if (standing.outcome === "short") return m.progress_short(people);
  return standing.outcome === "over" ? m.progress_over(people) : "";
}

/** A count, or the dash of one that nobody told. */
export function count(value: number | null): string {
  return value === null ? "–" : number(value);
}

function counts(standing: StandingView): string {
  return m.progress_counts({ num: count(standing.numerator), den: count(standing.denominator) });
}

export function nameOf(indicator: IndicatorView): string {
  return locale() === "vi" ? indicator.name_vi : indicator.name_en;
}

/** What the plan leaves open about it; empty when nothing. */
export function unclear(indicator: IndicatorView): string {
  return locale() === "vi" ? indicator.ambiguity_vi : indicator.ambiguity;
}

/** `2025-11-22` → `22/11/2025`. */
export function dayText(iso: string): string {
  return iso.split("-").reverse().join("/");
}

/** Where a figure is from: evidence of the numerator, basis of the denominator. */
function sources(indicator: IndicatorView): string {
  const bases = indicator.bases.map((basis) => (basis === "told_beside" ? m.progress_told_beside() : label("population_basis", basis)));
  return [...indicator.evidence.map((kind) => label("evidence_kind", kind)), ...bases].join(", ");
}

/** What stands under the bar: counts, source, date, how many told. */
export function facts(indicator: IndicatorView): string[] {
  const { standing } = indicator;
  const from = sources(indicator);
  // Where no unit below has such people, nobody is waited for.
  const reported = standing.expected === 0 ? "" : m.progress_reported({ reported: number(standing.reported), expected: number(standing.expected) });
  const told = standing.own ? m.progress_own() : reported;
  const missing = standing.groups_missing.map((group) => label("target_group", group)).join(", ");
  return [
    standing.numerator !== null || standing.denominator !== null ? counts(standing) : "",
    from && m.progress_source({ sources: from }),
    standing.latest ? m.progress_updated({ date: dayText(standing.latest) }) : "",
    standing.state === "not_collected" || standing.state === "not_applicable" ? "" : told,
    missing && m.progress_groups_missing({ groups: missing }),
    indicator.excluded > 0 ? m.progress_excluded({ count: number(indicator.excluded) }) : "",
  ].filter(Boolean);
}

export function activity(indicator: IndicatorView): string {
  const told = indicator.activity;
  if (!told) return m.progress_activity_none();
  const beside = (percent: string | null) => (percent === null ? "" : ` (${percent})`);
  return m.progress_activity({
    first: number(told.first_time),
    first_percent: beside(told.first_time_percent),
    done: number(told.completed),
    done_percent: beside(told.completed_percent),
    attended: number(told.attended),
  });
}

/** What people call a period: `2025-Q4` of the decree is “Quý 4/2025”. */
export function periodName({ span, label }: PeriodView): string {
  const year = label.slice(0, 4);
  if (span === "day") return m.progress_day_of({ day: dayText(label) });
  if (span === "quarter") return m.progress_quarter_of({ quarter: label.slice(-1), year });
  if (span === "half") return label.endsWith("1") ? m.progress_first_half_of({ year }) : m.progress_second_half_of({ year });
  return span === "year" ? m.progress_year_of({ year }) : m.progress_month_of({ month: String(Number(label.slice(5))), year });
}
