// Written by `cargo xtask codegen` from crates/app/src/contract. Do not edit.

export type Severity = "error" | "warning";

export type FindingView = { 
/**
 * Which rule spoke, e.g. `of_which_over_total`.
 */
code: string, 
/**
 * The field it speaks of, e.g. `counts.adult.female`, `date`.
 */
path: string, 
/**
 * Whether saving is refused.
 */
severity: Severity, 
/**
 * Values for the sentence; one that starts with `@` names another message (`@column_female`).
 */
params: { [key in string]: string }, };

export type ErrorCode = "invalid" | "not_found" | "not_enrolled" | "not_allowed" | "update_required" | "locked" | "in_use" | "disk" | "bad_call" | "internal";

export type ErrorBody = { 
/**
 * What the screen should do about it.
 */
code: ErrorCode, 
/**
 * With `invalid`: which fields, and why.
 */
findings: Array<FindingView>, 
/**
 * For a supporter: where to look in the log.
 */
reference: string | null, };

export type SessionForm = { 
/**
 * Uid of the hamlet, school or office the session belongs to.
 */
unit: string, 
/**
 * `22`, `22/11`, `22112025`, `t`…; see `hocvu_model::input::date`.
 */
date: string, 
/**
 * `19:30`, `19h30`, `1930` or empty.
 */
start: string, 
/**
 * Minutes.
 */
duration_minutes: string, 
/**
 * A code of the list `form`.
 */
form: string, 
/**
 * Codes of the list `topic`, in the order chosen.
 */
topics: Array<string>, 
/**
 * Free text; a label or code of the list `venue_type` sets the type.
 */
venue: string, 
/**
 * Names separated by `;`, or a number of persons.
 */
facilitators: string, 
/**
 * A code of the list `language`.
 */
language: string, 
/**
 * Free text.
 */
note: string, 
/**
 * Household businesses assisted.
 */
household_businesses: string, 
/**
 * Broadcast items (only for `form = broadcast`).
 */
broadcast_items: string, 
/**
 * Target group → column → text. Columns: `attended`, `female`, `ethnic_minority`, `khmer`, `elderly`, `disabled`,
 * `poor`, `first_time`, `assessed`, `completed`.
 */
counts: { [key in string]: { [key in string]: string } }, 
/**
 * Photos, as `photo.add` answered them.
 */
attachments: Array<AttachmentForm>, };

export type CheckInput = { 
/**
 * The form as typed so far.
 */
form: SessionForm, 
/**
 * The record being edited, so that it is not taken for its own duplicate.
 */
id: string | null, };

export type CheckView = { 
/**
 * All findings, errors first.
 */
findings: Array<FindingView>, 
/**
 * The date as read, or null while it cannot be read.
 */
date: DateView | null, 
/**
 * Column → sum over the rows that can be read; a column nobody filled is absent.
 */
totals: { [key in string]: number }, 
/**
 * The fields as they would be written back on leaving them (`1234` → `1.234`), by path.
 */
tidy: { [key in string]: string }, };

export type DateView = { 
/**
 * `2025-11-22`.
 */
iso: string, 
/**
 * `22/11/2025`.
 */
text: string, 
/**
 * ISO weekday, 1 = Monday … 7 = Sunday.
 */
weekday: number, };

export type BeginInput = { "from": "new" } | { "from": "repeat_last" } | { "from": "repeat", 
/**
 * The record to repeat.
 */
id: string, } | { "from": "edit", 
/**
 * The record to change.
 */
id: string, } | { "from": "draft", 
/**
 * The draft.
 */
id: string, };

export type BeginView = { 
/**
 * Where `draft.save` keeps this form. A new id unless a draft was opened.
 */
draft_id: string, 
/**
 * The record being changed, if any.
 */
record_id: string | null, 
/**
 * Its fields.
 */
form: SessionForm, 
/**
 * The last session's fields, for "repeat this field" (Ctrl+D inside a field).
 */
last: SessionForm | null, 
/**
 * Units this person may write for, first the usual one.
 */
units: Array<UnitOption>, 
/**
 * Venues used before at this place, most recent first.
 */
venues: Array<string>, 
/**
 * Facilitators used before at this place, most recent first.
 */
facilitators: Array<string>, };

export type UnitOption = { 
/**
 * Its uid.
 */
uid: string, 
/**
 * `Ấp Hòa Thuận`.
 */
name: string, 
/**
 * `Xã Long Hòa`.
 */
parent_name: string | null, };

export type DraftInput = { 
/**
 * From `session.begin`.
 */
draft_id: string, 
/**
 * The record being changed, if any.
 */
record_id: string | null, 
/**
 * The form as it stands.
 */
form: SessionForm, };

export type SavedAt = { 
/**
 * RFC 3339, local offset.
 */
at: string, };

export type UnsavedInput = { 
/**
 * The screen and which of its forms, `<screen>|…`; what was kept under it before is replaced.
 */
key: string, 
/**
 * Uid of the unit it is typed for; may be empty.
 */
unit: string, 
/**
 * What was typed, in the screen's own words; at most 256 KiB.
 */
text: string, };

export type UnsavedListInput = { 
/**
 * How the keys begin.
 */
prefix: string, };

export type UnsavedListView = { 
/**
 * Each of them, what was typed last first.
 */
kept: Array<UnsavedRow>, };

export type UnsavedRow = { 
/**
 * As it was kept.
 */
key: string, 
/**
 * As it was kept.
 */
text: string, 
/**
 * When, RFC 3339.
 */
at: string, };

export type UnsavedDropInput = { 
/**
 * As it was kept.
 */
key: string, };

export type SaveInput = { 
/**
 * From `session.begin`; the draft goes away in the same transaction.
 */
draft_id: string, 
/**
 * The record being changed; null creates one.
 */
record_id: string | null, 
/**
 * The form.
 */
form: SessionForm, };

export type ChangeInput = { 
/**
 * The record.
 */
id: string, 
/**
 * The fields before.
 */
from: SessionForm, 
/**
 * The fields after.
 */
to: SessionForm, };

export type SaveView = { 
/**
 * The record.
 */
id: string, 
/**
 * When it reached the disk, RFC 3339.
 */
at: string, 
/**
 * Its date.
 */
date: DateView, 
/**
 * Sum of its lines' `attended`.
 */
attended: number, 
/**
 * Warnings it was saved with.
 */
findings: Array<FindingView>, };

export type Status = "waiting" | "sending" | "sent" | "refused" | "held" | "conflicted";

export type ListInput = { 
/**
 * Words searched without regard to accents in unit, topics, venue, facilitators and note.
 */
text: string, 
/**
 * `2025-11`: a report month (day 15 of the month before … day 14). Empty means all.
 */
month: string, 
/**
 * Uid of a unit, or empty.
 */
unit: string, 
/**
 * Empty is that very unit; `as_was` it and all below as it was recorded, `as_is_now` by what became of them. Units are
 * called what they are called there.
 */
boundaries: string, 
/**
 * Code of a topic, or empty.
 */
topic: string, 
/**
 * Only records that stand so.
 */
status: Status | null, 
/**
 * Only records with warnings.
 */
with_warnings: boolean, 
/**
 * Show voided sessions instead of living ones.
 */
voided: boolean, 
/**
 * Ascending by date instead of newest first.
 */
oldest_first: boolean, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows to return, at most 500.
 */
limit: number, };

export type SessionRow = { 
/**
 * The record.
 */
id: string, 
/**
 * Its date.
 */
date: DateView, 
/**
 * Uid of its unit.
 */
unit: string, 
/**
 * `Ấp Hòa Thuận`: its name in the boundaries asked for, today's where none can be asked for.
 */
unit_name: string, 
/**
 * What it was called when it was recorded, where `unit_name` is another one.
 */
unit_then: string | null, 
/**
 * What stands for it today, where `unit_name` is another one.
 */
unit_now: string | null, 
/**
 * Topic codes.
 */
topics: Array<string>, 
/**
 * Venue as typed.
 */
venue: string, 
/**
 * Sum of `attended`.
 */
attended: number, 
/**
 * Sum of `female`, null when no line collected it.
 */
female: number | null, 
/**
 * Where it stands.
 */
status: Status, 
/**
 * How many warnings it was saved with.
 */
warnings: number, 
/**
 * Whether it was voided.
 */
voided: boolean, };

export type Totals = { 
/**
 * Buổi.
 */
sessions: number, 
/**
 * Lượt.
 */
attended: number, 
/**
 * Of which female, over the lines that collected it.
 */
female: number, };

export type ListView = { 
/**
 * The page.
 */
rows: Array<SessionRow>, 
/**
 * Over the whole filtered set.
 */
totals: Totals, 
/**
 * Months that have sessions, newest first (`2025-11`).
 */
months: Array<string>, 
/**
 * Units that have sessions, in the boundaries asked for; in these also those above that take in several.
 */
units: Array<UnitOption>, };

export type IdInput = { 
/**
 * The record or draft.
 */
id: string, };

export type SessionView = { 
/**
 * As in the list.
 */
row: SessionRow, 
/**
 * Its fields as text.
 */
form: SessionForm, 
/**
 * Warnings it was saved with, and why the centre refused it.
 */
findings: Array<FindingView>, 
/**
 * Receipt of its latest operation, once the centre has it.
 */
receipt: string | null, 
/**
 * Every operation on it, newest first.
 */
history: Array<HistoryEntry>, };

export type HistoryView = { 
/**
 * Newest first.
 */
entries: Array<HistoryEntry>, };

export type Branch = "none" | "open" | "closed";

export type HistoryEntry = { 
/**
 * `log:seq`.
 */
operation: string, 
/**
 * `create`, `edit`, `void`, `restore`, `correct`, `resolve`; `state` where the centre only told what became of it.
 */
kind: string, 
/**
 * RFC 3339 by the author's clock: information, never an order.
 */
at: string, 
/**
 * Who.
 */
by: string, 
/**
 * With `void`: why.
 */
reason: string | null, 
/**
 * Fields that changed, as text; empty for a creation.
 */
changes: Array<Change>, 
/**
 * Where this operation stands.
 */
status: Status, 
/**
 * Its receipt.
 */
receipt: string | null, 
/**
 * Whether this machine wrote it.
 */
mine: boolean, 
/**
 * Whether it stands beside what counts.
 */
branch: Branch, 
/**
 * Who chose otherwise.
 */
closed_by: string | null, 
/**
 * Why the centre did not simply take it: a key `verdict_<code>` of the catalogue.
 */
code: string | null, 
/**
 * What the officer wrote who sent it back.
 */
message: string | null, };

export type Change = { 
/**
 * `counts.adult.female`, `venue`…
 */
path: string, 
/**
 * Before; empty when it was not collected.
 */
from: string, 
/**
 * After.
 */
to: string, };

export type VoidInput = { 
/**
 * The records; one transaction for all.
 */
ids: Array<string>, 
/**
 * Why (free text; may be empty for a restore).
 */
reason: string, };

export type CountView = { 
/**
 * Records changed.
 */
count: number, };

export type DraftRow = { 
/**
 * For `session.begin {from:"draft"}`.
 */
id: string, 
/**
 * The record it changes, if any.
 */
record_id: string | null, 
/**
 * The date as typed.
 */
date: string, 
/**
 * Topic codes.
 */
topics: Array<string>, 
/**
 * When it last reached the disk, RFC 3339.
 */
at: string, 
/**
 * Errors left, i.e. what is still missing.
 */
findings: Array<FindingView>, };

export type TodayView = { 
/**
 * Today by this machine's clock.
 */
today: DateView, 
/**
 * Forms not finished.
 */
drafts: Array<DraftRow>, 
/**
 * Sessions the centre refused or could not merge.
 */
refused: Array<SessionRow>, 
/**
 * Other records of which the centre said so.
 */
others: Array<SyncRow>, 
/**
 * The five latest.
 */
recent: Array<SessionRow>, 
/**
 * The report month today falls in (`2025-11`).
 */
month: string, 
/**
 * First and last day of that month's window.
 */
month_window: [string, string], 
/**
 * Its totals.
 */
this_month: Totals, 
/**
 * The totals of the month before.
 */
last_month: Totals, };

export type ProgressInput = { 
/**
 * Year of the targets; 0 is the one of the day.
 */
year: number, 
/**
 * Uid of the unit; this machine's own when empty.
 */
unit: string, 
/**
 * Code of the indicator told unit by unit; the first one when empty.
 */
code: string, 
/**
 * The day figures are read at, as typed; today when empty.
 */
as_of: string, 
/**
 * `as_is_now` or `as_was`.
 */
boundaries: string, 
/**
 * Code of the regime; of decree 09/2019 when empty.
 */
regime: string, 
/**
 * `month`, `quarter`, `half`, `year`.
 */
span: string, 
/**
 * First day of a campaign, as typed.
 */
campaign_start: string, };

export type DrillInput = { 
/**
 * Uid of the unit.
 */
unit: string, 
/**
 * Code of the indicator.
 */
code: string, 
/**
 * As in [`ProgressInput`].
 */
as_of: string, 
/**
 * As in [`ProgressInput`].
 */
boundaries: string, 
/**
 * Sessions to skip.
 */
offset: number, 
/**
 * Sessions to return, at most 500.
 */
limit: number, };

export type DrillRecord = { 
/**
 * The record.
 */
id: string, 
/**
 * `coverage` or `population`.
 */
kind: string, 
/**
 * Name of its unit.
 */
unit_name: string, 
/**
 * Code of the group.
 */
group: string, 
/**
 * Grade or class, as people read it; empty for the whole unit.
 */
part: string, 
/**
 * Persons who meet the criterion; none of a population.
 */
numerator: number | null, 
/**
 * Persons there are.
 */
population: number | null, 
/**
 * Of them not asked for.
 */
excluded: number | null, 
/**
 * `22/11/2025`.
 */
as_of: string, 
/**
 * Code of the evidence or of the basis.
 */
basis: string, 
/**
 * Where it is from.
 */
source: string, 
/**
 * Where it stands.
 */
status: Status, };

export type DrillView = { 
/**
 * Name of the unit.
 */
name: string, 
/**
 * The very figures and populations in it.
 */
records: Array<DrillRecord>, 
/**
 * Sessions in which its groups took part, newest first: the activity beside it, never in it.
 */
sessions: Array<SessionRow>, 
/**
 * Of all, also those beyond this page.
 */
total: number, };

export type ScopeOption = { 
/**
 * Uid.
 */
uid: string, 
/**
 * Name.
 */
name: string, 
/**
 * Level.
 */
level: string, 
/**
 * Name of the unit above.
 */
parent_name: string | null, };

export type ProgressScopes = { 
/**
 * Highest first, then by name.
 */
units: Array<ScopeOption>, 
/**
 * This machine's own.
 */
own: string, };

export type ProgressState = "value" | "missing" | "not_applicable" | "not_collected" | "needs_reentry";

export type StandingView = { 
/**
 * Whether there is a figure.
 */
state: ProgressState, 
/**
 * `achieved`, `short`, `over`.
 */
outcome: string | null, 
/**
 * Persons too few or too many.
 */
persons: number | null, 
/**
 * Persons who meet the criterion.
 */
numerator: number | null, 
/**
 * Persons there are.
 */
denominator: number | null, 
/**
 * `99,96%`.
 */
percent: string | null, 
/**
 * Hundredths of a percent, for bars.
 */
hundredths: number | null, 
/**
 * Units directly below with a figure …
 */
reported: number, 
/**
 * … of those that are to have one.
 */
expected: number, 
/**
 * Whether the unit speaks for itself.
 */
own: boolean, 
/**
 * Day of the latest figure, ISO.
 */
latest: string | null, 
/**
 * Codes of groups that are not in the figure.
 */
groups_missing: Array<string>, };

export type ActivityView = { 
/**
 * Lượt.
 */
attended: number, 
/**
 * Learners who came for the first time.
 */
first_time: number, 
/**
 * Of the population.
 */
first_time_percent: string | null, 
/**
 * Learners found able.
 */
completed: number, 
/**
 * Of the population.
 */
completed_percent: string | null, 
/**
 * Persons there are.
 */
population: number | null, };

export type PointView = { 
/**
 * `2025-11`.
 */
label: string, 
/**
 * Persons who meet the criterion.
 */
numerator: number | null, 
/**
 * Persons there are.
 */
denominator: number | null, 
/**
 * Hundredths of a percent.
 */
hundredths: number | null, };

export type YearBeforeView = { 
/**
 * Its code.
 */
code: string, 
/**
 * Its points.
 */
points: Array<PointView>, };

export type IndicatorView = { 
/**
 * `KH67-2025-DD`.
 */
code: string, 
/**
 * `đ`; for eyes only.
 */
point: string, 
/**
 * Where it stands in the plan.
 */
clause: string, 
/**
 * Name in the plan's words.
 */
name_vi: string, 
/**
 * Name in English.
 */
name_en: string, 
/**
 * What the numerator counts.
 */
numerator_vi: string, 
/**
 * What the denominator counts.
 */
denominator_vi: string, 
/**
 * What the plan leaves open.
 */
ambiguity_vi: string, 
/**
 * The same in English.
 */
ambiguity: string, 
/**
 * `percent` or `absolute`.
 */
kind: string, 
/**
 * `gt`, `ge`, `lt`, `le`, `eq`.
 */
comparator: string, 
/**
 * Whole percent, or persons.
 */
threshold: number, 
/**
 * Code of the criterion.
 */
measure: string, 
/**
 * Codes of the groups.
 */
groups: Array<string>, 
/**
 * How it stands.
 */
standing: StandingView, 
/**
 * Kinds of evidence of its figures.
 */
evidence: Array<string>, 
/**
 * Bases of its denominator; `told_beside` where a figure brought its own.
 */
bases: Array<string>, 
/**
 * Persons left out of the denominator.
 */
excluded: number, 
/**
 * Learners counted in sessions; none for what VNeID confirms.
 */
activity: ActivityView | null, 
/**
 * By report month of its year.
 */
series: Array<PointView>, 
/**
 * The target of the same letter the year before: another definition.
 */
before: YearBeforeView | null, };

export type ShareView = { 
/**
 * Uid.
 */
unit: string, 
/**
 * Name.
 */
name: string, 
/**
 * Level.
 */
level: string, 
/**
 * How the indicator stands there.
 */
standing: StandingView, };

export type PlanView = { 
/**
 * Id of the plan.
 */
plan: string, 
/**
 * What people call it.
 */
title_vi: string, 
/**
 * The same in English.
 */
title_en: string, 
/**
 * Years it sets targets for.
 */
years: Array<number>, 
/**
 * The year asked about.
 */
year: number, 
/**
 * Uid of the unit.
 */
unit: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its level.
 */
level: string, 
/**
 * The day asked about, ISO.
 */
as_of: string, 
/**
 * `as_was` or `as_is_now`.
 */
boundaries: string, 
/**
 * Every target of the year, in the plan's order; never added up.
 */
indicators: Array<IndicatorView>, 
/**
 * Code of the indicator that `shares` tell of.
 */
code: string, 
/**
 * The units directly below, by name.
 */
shares: Array<ShareView>, };

export type WindowView = { 
/**
 * First day, ISO.
 */
from: string, 
/**
 * Last day, ISO.
 */
to: string, 
/**
 * Buổi.
 */
sessions: number, 
/**
 * Lượt.
 */
attended: number, 
/**
 * Of which women.
 */
female: number, 
/**
 * Learners who came for the first time.
 */
first_time: number, 
/**
 * Learners found able.
 */
completed: number, };

export type PeriodView = { 
/**
 * Code of the regime.
 */
regime: string, 
/**
 * `day`, `month`, `quarter`, `half`, `year`.
 */
span: string, 
/**
 * `2025-11`.
 */
label: string, 
/**
 * Trong kỳ.
 */
in_period: WindowView, 
/**
 * Lũy kế.
 */
cumulative: WindowView, 
/**
 * Cùng kỳ năm trước.
 */
last_year: WindowView, };

export type ProgressView = { 
/**
 * Stocks.
 */
progress: PlanView, 
/**
 * Flows.
 */
period: PeriodView, };

export type RecordForm = { 
/**
 * `coverage`, `population`, `team`, `comment`.
 */
kind: string, 
/**
 * The record being changed; a new one when null. The same figure of the same day is the same record either way.
 */
id: string | null, 
/**
 * Uid of the unit it belongs to.
 */
unit: string, 
/**
 * Field name → text, as `hocvu_model` names them.
 */
fields: { [key in string]: string }, };

export type RecordSaveInput = { 
/**
 * Key of what `unsaved.keep` kept of this form: it goes away in the same transaction.
 */
unsaved?: string, 
/**
 * `coverage`, `population`, `team`, `comment`.
 */
kind: string, 
/**
 * The record being changed; a new one when null. The same figure of the same day is the same record either way.
 */
id: string | null, 
/**
 * Uid of the unit it belongs to.
 */
unit: string, 
/**
 * Field name → text, as `hocvu_model` names them.
 */
fields: { [key in string]: string }, };

export type RecordCorrectInput = { 
/**
 * The record as it should be; names it.
 */
form: RecordForm, 
/**
 * Why; never empty.
 */
reason: string, };

export type RecordCheckView = { 
/**
 * All findings, errors first.
 */
findings: Array<FindingView>, };

export type RecordSaveView = { 
/**
 * The record.
 */
id: string, 
/**
 * When, by this machine's clock.
 */
at: string, 
/**
 * The warnings it was saved with.
 */
findings: Array<FindingView>, };

export type RecordId = { 
/**
 * Record id.
 */
id: string, };

export type RecordListInput = { 
/**
 * `coverage`, `population`, `team`, `comment`.
 */
kind: string, 
/**
 * Only of this unit.
 */
unit: string | null, 
/**
 * None is that very unit; `as_was` it and all below as it was recorded, `as_is_now` by what became of them. Units are
 * called what they are called there.
 */
boundaries?: string, };

export type SessionReadInput = { 
/**
 * The record.
 */
id: string, 
/**
 * `as_is_now` calls its unit what it is called today; else it is called as it was recorded.
 */
boundaries?: string, };

export type RecordListView = { 
/**
 * Each of them.
 */
records: Array<RecordView>, };

export type RecordView = { 
/**
 * Its fields.
 */
form: RecordForm, 
/**
 * Name of its unit, in the boundaries asked for.
 */
unit_name: string, 
/**
 * What it was called when it was recorded, where `unit_name` is another one.
 */
unit_then: string | null, 
/**
 * What stands for it today, where `unit_name` is another one.
 */
unit_now: string | null, 
/**
 * Where it stands.
 */
status: Status, 
/**
 * Whether it was declared void.
 */
void: boolean, 
/**
 * Who changed it last.
 */
by: string, 
/**
 * When, RFC 3339 by that author's clock: information, never an order.
 */
at: string, };

export type RowMode = "class" | "grade" | "whole";

export type CoverageGridInput = { 
/**
 * Uid of the school, hamlet, agency…; the machine's own when empty.
 */
unit: string, 
/**
 * `2025-2026`; the one running on the day when empty.
 */
school_year: string, 
/**
 * As typed; today when empty.
 */
as_of: string, 
/**
 * What the rows are.
 */
mode: RowMode, };

export type CoverageGridView = { 
/**
 * The unit.
 */
unit: string, 
/**
 * Its name.
 */
unit_name: string, 
/**
 * `2025-2026`.
 */
school_year: string, 
/**
 * The day, or null while it cannot be read.
 */
as_of: DateView | null, 
/**
 * Code of the evidence its figures of that day have, else of the latest; empty when there is none.
 */
evidence_kind: string, 
/**
 * Codes of the measures that apply to any row, in order of display.
 */
measures: Array<string>, 
/**
 * By group, grade and class.
 */
rows: Array<CoverageRow>, 
/**
 * What is wrong with the day or the school year.
 */
findings: Array<FindingView>, };

export type CoverageRow = { 
/**
 * Code: a school of several levels has rows of several groups.
 */
target_group: string, 
/**
 * 1–12 or empty.
 */
grade: string, 
/**
 * Its name or empty.
 */
class: string, 
/**
 * Sĩ số of that day, else as last told in the school year; empty when never told.
 */
population: string, 
/**
 * One per measure that applies to the group, in order of display.
 */
cells: Array<CoverageCell>, };

export type CoverageCell = { 
/**
 * Code.
 */
measure: string, 
/**
 * `38`; `38/40` when its sĩ số is not the row's; empty when not told for that day.
 */
text: string, 
/**
 * The record, when there is one for that day.
 */
id: string | null, 
/**
 * Where it stands.
 */
status: Status | null, 
/**
 * The same figure as last told earlier in the school year; proposed, never saved by itself.
 */
previous: CoverageBefore | null, };

export type CoverageBefore = { 
/**
 * `38/41`, or `38` when no sĩ số was told.
 */
text: string, 
/**
 * The day it was true.
 */
as_of: DateView, };

export type CoverageSaveInput = { 
/**
 * Uid.
 */
unit: string, 
/**
 * `2025-2026`.
 */
school_year: string, 
/**
 * As typed.
 */
as_of: string, 
/**
 * Code; of a figure confirmed on VNeID the evidence is VNeID whatever is said here.
 */
evidence_kind: string, 
/**
 * Where the figures are from; what an earlier save said stays when empty.
 */
source: string, 
/**
 * The cells that were touched.
 */
cells: Array<CoverageTyped>, 
/**
 * Where `unsaved.keep` kept the sheet: what is saved of it goes away in the same transaction.
 */
unsaved?: CoverageUnsaved, };

export type CoverageUnsaved = { 
/**
 * As it was kept.
 */
key: string, 
/**
 * Lines that are saved with these cells. What was typed over since is another line, and stays.
 */
lines: Array<CoverageUnsavedLine>, };

export type CoverageUnsavedLine = { 
/**
 * As it was kept.
 */
line: string, 
/**
 * Cells of the input by their place: the line goes when all of them are right.
 */
cells: Array<number>, };

export type CoverageTyped = { 
/**
 * Code.
 */
target_group: string, 
/**
 * 1–12; read from the class's name when empty.
 */
grade: string, 
/**
 * Its name or empty.
 */
class: string, 
/**
 * Code.
 */
measure: string, 
/**
 * `38` or `38/41`. Emptied, the record is declared void.
 */
text: string, 
/**
 * Sĩ số of the row, where `text` has none of its own.
 */
population: string, 
/**
 * The record, as `coverage.grid` told it.
 */
id: string | null, };

export type CoverageSaveView = { 
/**
 * When the right ones reached the disk, RFC 3339.
 */
at: string, 
/**
 * One per cell of the input, in its order.
 */
cells: Array<CoverageSaved>, 
/**
 * Records declared void; `record.restore` takes it back.
 */
voided: Array<string>, };

export type CoverageSaved = { 
/**
 * The record; null when nothing of the cell was saved.
 */
id: string | null, 
/**
 * Of errors nothing was saved, of warnings it was.
 */
findings: Array<FindingView>, };

export type CoveragePasteInput = { 
/**
 * The clipboard.
 */
text: string, };

export type CoveragePasteView = { 
/**
 * Its rows, headings left out.
 */
rows: Array<CoveragePasted>, };

export type CoveragePasted = { 
/**
 * Name of its class; empty when the block names none.
 */
class: string, 
/**
 * Its cells as they were.
 */
cells: Array<string>, };

export type AttachmentForm = { 
/**
 * 64 hex digits: the name of the bytes.
 */
sha256: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * What is to be seen, as typed.
 */
caption: string, };

export type PhotoAddInput = { 
/**
 * A saved session to add it to at once; null for a form, which names the photo when it is saved.
 */
record_id: string | null, 
/**
 * A picture file of any size (JPEG, PNG, WebP), base64. Bytes, not a path: what shows screens reads no files.
 */
data: string, 
/**
 * What is to be seen.
 */
caption: string, };

export type PhotoState = "waiting" | "sent" | "refused" | "absent" | "fetching" | "unavailable";

export type PhotoView = { 
/**
 * 64 hex digits: the name of the bytes.
 */
sha256: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * What is to be seen; may be empty.
 */
caption: string, 
/**
 * Where it stands.
 */
state: PhotoState, 
/**
 * Bytes the centre confirmed.
 */
confirmed: number, 
/**
 * Whether its bytes are here: `photo.read` shows it.
 */
here: boolean, };

export type PhotosView = { 
/**
 * In the session's order.
 */
photos: Array<PhotoView>, 
/**
 * How many of them the centre has.
 */
sent: number, };

export type PhotoInput = { 
/**
 * The photo.
 */
sha256: string, };

export type SessionPhotoInput = { 
/**
 * The session.
 */
id: string, 
/**
 * One of its photos.
 */
sha256: string, };

export type PhotoData = { 
/**
 * `data:image/jpeg;base64,…`
 */
url: string, };

export type PhotoTally = { 
/**
 * Photos that saved sessions name or named.
 */
total: number, 
/**
 * The centre has them.
 */
sent: number, 
/**
 * The centre refuses them.
 */
refused: number, };

export type PhotoSending = "on" | "off" | "good_link";

export type AppState = { 
/**
 * Which screen family to show.
 */
phase: Phase, 
/**
 * The unit this machine writes for.
 */
unit: UnitOption | null, 
/**
 * Who is using it.
 */
user: string | null, 
/**
 * `team`, `school`, `commune`, `area`, `province`.
 */
role: string | null, 
/**
 * Whether the centre granted an officer's role: the screens of an office are shown.
 */
officer: boolean, 
/**
 * Where the key of the data file lies; the app says it openly.
 */
key_storage: KeyStorage, 
/**
 * The folder of the data file.
 */
data_dir: string, 
/**
 * Of the program.
 */
version: string, 
/**
 * Version string of SQLite inside.
 */
sqlite_version: string, 
/**
 * Result of the integrity check at start: empty when sound, else what is damaged.
 */
integrity: string, 
/**
 * Preferences.
 */
settings: Settings, 
/**
 * Sync in one glance.
 */
sync: SyncStatus, 
/**
 * When something was last saved, RFC 3339.
 */
saved_at: string | null, };

export type Phase = "first_start" | "sample" | "ready";

export type KeyStorage = { "kind": "secret_store" } | { "kind": "file", 
/**
 * Its path.
 */
path: string, };

export type SyncStatus = { 
/**
 * What the engine is doing.
 */
phase: SyncPhase, 
/**
 * Operations on this machine without a receipt.
 */
waiting: number, 
/**
 * Operations with a receipt.
 */
sent: number, 
/**
 * Records to be looked at: refused, conflicted or held.
 */
refused: number, 
/**
 * Sessions with two versions, whoever wrote them.
 */
conflicts: number, 
/**
 * Operations that wait for an officer's decision.
 */
cases: number, 
/**
 * When the last round ended with everything confirmed, RFC 3339.
 */
last_success: string | null, 
/**
 * When the engine will try by itself, RFC 3339.
 */
next_try: string | null, 
/**
 * Why the last round failed: a key `sync_problem_<code>` of the catalogue.
 */
problem: string | null, 
/**
 * Operations confirmed and total in the round under way.
 */
progress: [number, number] | null, 
/**
 * Where the centre is.
 */
centre: string | null, 
/**
 * Photos, counted apart.
 */
photos: PhotoTally, };

export type SyncPhase = "idle" | "running" | "offline" | "failing";

export type SyncTab = "waiting" | "sent" | "refused";

export type SyncListInput = { 
/**
 * Which rows.
 */
tab: SyncTab, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows to return.
 */
limit: number, };

export type SyncSeenInput = { 
/**
 * An act of an office the centre rejected, `log:seq`.
 */
operation: string, };

export type SyncListView = { 
/**
 * Newest first.
 */
rows: Array<SyncRow>, 
/**
 * Of the whole tab.
 */
total: number, };

export type SyncRow = { 
/**
 * `log:seq`.
 */
operation: string, 
/**
 * The record it changes.
 */
record_id: string, 
/**
 * `create`, `edit`, `void`, `restore`; an act of an office by its name, one on units as `unit_say` or `unit_void`.
 */
kind: string, 
/**
 * The record after it, when it is no session: what a title is made of.
 */
record?: RecordForm, 
/**
 * The session's date.
 */
date: DateView | null, 
/**
 * The session's unit; the units an act is about.
 */
unit_name: string, 
/**
 * The session's topics.
 */
topics: Array<string>, 
/**
 * Fields that changed; empty for a creation.
 */
changes: Array<Change>, 
/**
 * When it was saved here, RFC 3339.
 */
at: string, 
/**
 * Where it stands.
 */
status: Status, 
/**
 * `90171-K7M2Q`, once the centre has it.
 */
receipt: string | null, 
/**
 * When the receipt arrived here, RFC 3339.
 */
received_at: string | null, 
/**
 * Why it is refused, in findings.
 */
findings: Array<FindingView>, 
/**
 * Why it is held or conflicted: a key `verdict_<code>` of the catalogue, lower case.
 */
reason: string | null, 
/**
 * What the officer wrote who sent it back.
 */
message: string | null, };

export type LogInput = { 
/**
 * Rows to return.
 */
limit: number, };

export type LogLine = { 
/**
 * RFC 3339.
 */
at: string, 
/**
 * A key `sync_log_<code>` of the catalogue.
 */
code: string, 
/**
 * Values for the sentence.
 */
params: { [key in string]: string }, };

export type LogView = { 
/**
 * Its lines.
 */
lines: Array<LogLine>, };

export type ReceiptView = { 
/**
 * The unit.
 */
unit_name: string, 
/**
 * Operations confirmed.
 */
operations: number, 
/**
 * Living sessions confirmed.
 */
sessions: number, 
/**
 * Lượt in them.
 */
attended: number, 
/**
 * Operations of this machine without a receipt.
 */
waiting: number, 
/**
 * SHA-256 over the confirmed operations' hashes in order, hex: the centre prints the same one.
 */
digest: string, 
/**
 * Receipt of the latest operation.
 */
latest: string | null, 
/**
 * When the latest arrived, RFC 3339.
 */
at: string | null, };

export type EnrolLookupInput = { 
/**
 * As typed: any case, with or without dashes.
 */
code: string, 
/**
 * Address of the centre, e.g. `https://hocvu.travinh.example`.
 */
centre: string, };

export type EnrolConfirmInput = { 
/**
 * The person's name, shown in histories.
 */
user: string, };

export type EnrolState = { "step": "idle" } | { "step": "busy" } | { "step": "found", 
/**
 * `Ấp Hòa Thuận`.
 */
unit_name: string, 
/**
 * `Xã Long Hòa`.
 */
parent_name: string | null, 
/**
 * `team`, `school`, `commune`…
 */
role: string, 
/**
 * Name foreseen by the office, if any.
 */
user: string | null, } | { "step": "done" } | { "step": "failed", 
/**
 * `code_unknown`, `code_used`, `code_expired`, `too_many_tries`, `no_link`, `bad_address`, `code_malformed`, `centre`.
 */
problem: string, };

export type EnrolView = { 
/**
 * How far it is.
 */
state: EnrolState, 
/**
 * Address to propose.
 */
centre: string, };

export type Settings = { 
/**
 * 90, 100, 110, 125 or 150.
 */
font_percent: number, 
/**
 * `light`, `dark`, `contrast`.
 */
theme: string, 
/**
 * `vi` or `en`.
 */
language: string, 
/**
 * Fields kept for the next session: `topics`, `form`, `venue`, `facilitators`, `duration_minutes`, `language`.
 */
pinned: Array<string>, 
/**
 * Whether the engine sends by itself when a link appears.
 */
auto_send: boolean, 
/**
 * When photos are sent.
 */
photos: PhotoSending, 
/**
 * Target groups shown as rows of the counts grid.
 */
groups: Array<string>, 
/**
 * Columns of the counts grid beside `attended`.
 */
columns: Array<string>, 
/**
 * Folders bundles were last written to or read from, newest first.
 */
usb_folders: Array<string>, 
/**
 * Whether the three coach lines of the start page were dismissed.
 */
coached: boolean, };

export type SampleWhat = "hamlet" | "commune";

export type SampleInput = { 
/**
 * Which sample; the hamlet's when not said.
 */
what: SampleWhat, };

export type NoInput = Record<symbol, never>;

export type Done = Record<symbol, never>;

export type ListsView = { 
/**
 * `form`, `topic`, `venue_type`, `language`, `target_group`, `column`.
 */
lists: Array<CodeList>, 
/**
 * What the rules say of each active target group, in order of display.
 */
groups: Array<GroupRules>, };

export type CodeList = { 
/**
 * Its name.
 */
name: string, 
/**
 * Codes to choose from.
 */
active: Array<string>, 
/**
 * Codes only shown where an old record has them.
 */
retired: Array<string>, };

export type GroupRules = { 
/**
 * Code.
 */
code: string, 
/**
 * Codes of the measures that apply, in order of display; none for who is no person.
 */
measures: Array<string>, 
/**
 * First and last grade its pupils sit in; null for who sits in none.
 */
grades: [number, number] | null, 
/**
 * Whether it is taught in classes and counted by school year.
 */
taught: boolean, };

export type UsbExportInput = { 
/**
 * Where to.
 */
folder: string, 
/**
 * How much.
 */
what: UsbScope, };

export type UsbScope = { "kind": "unsent" } | { "kind": "since", 
/**
 * As typed, like a session's date.
 */
date: string, } | { "kind": "all" };

export type UsbExportView = { "kind": "done", 
/**
 * The files: one, or several when there is much.
 */
files: Array<UsbFile>, 
/**
 * Changes inside.
 */
operations: number, } | { "kind": "nothing" } | { "kind": "problem", 
/**
 * `full`, `unreadable`, `no_folder`, `no_keys`, `damaged`, `bad_date`.
 */
problem: string, };

export type UsbFile = { 
/**
 * Its name.
 */
name: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * Number of the bundle, 32 hex digits; people compare the first eight.
 */
id: string, };

export type UsbImportInput = { 
/**
 * A file or a folder.
 */
path: string, };

export type UsbImportView = { 
/**
 * What became of each file, by name. Empty: there was none.
 */
files: Array<UsbTaken>, 
/**
 * Why the path could not be read at all: a key `usb_problem_<code>`.
 */
problem: string | null, };

export type UsbTaken = { 
/**
 * Its name.
 */
name: string, 
/**
 * What became of it.
 */
outcome: UsbOutcome, };

export type UsbOutcome = { "kind": "receipt", 
/**
 * Changes that got their receipt by it; those known before are not counted.
 */
operations: number, } | { "kind": "carried" } | { "kind": "known" } | { "kind": "own" } | { "kind": "problem", 
/**
 * `not_a_bundle`, `newer`, `damaged`, `too_large`, `other_place`, `bad_signature`, `old_key`, `unreadable`, `no_keys`.
 */
problem: string, };

export type UsbView = { 
/**
 * Changes without a receipt: what `usb.export` would write.
 */
unsent: number, 
/**
 * Whether the centre's keys are here; without them nothing can be sealed, and one round with a network brings them.
 */
ready: boolean, 
/**
 * What this machine wrote, newest first.
 */
exports: Array<UsbExport>, 
/**
 * Bundles of other machines kept here, newest first.
 */
carried: Array<UsbCarried>, 
/**
 * The automatic copy.
 */
second_place: SecondPlaceView, };

export type UsbExport = { 
/**
 * Number of the bundle.
 */
id: string, 
/**
 * Name of its file.
 */
name: string, 
/**
 * When, RFC 3339.
 */
at: string, 
/**
 * Changes inside.
 */
operations: number, 
/**
 * Bytes.
 */
size: number, 
/**
 * Why it was written.
 */
reason: UsbReason, 
/**
 * When its receipt came back, RFC 3339.
 */
receipt_at: string | null, };

export type UsbReason = "asked" | "second_place";

export type UsbCarried = { 
/**
 * Number of the bundle.
 */
id: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * When it came, RFC 3339.
 */
at: string, 
/**
 * How far it is.
 */
state: CarriedState, };

export type CarriedState = { "kind": "waiting" } | { "kind": "delivered" } | { "kind": "receipt_here" } | { "kind": "returned" } | { "kind": "refused", 
/**
 * As of [`UsbOutcome::Problem`].
 */
problem: string, };

export type UsbReceiptsInput = { 
/**
 * Where to.
 */
folder: string, };

export type UsbReceiptsView = { 
/**
 * Names of the files written; their machines take them with `usb.import`.
 */
files: Array<string>, 
/**
 * Why it did not work: a key `usb_problem_<code>`.
 */
problem: string | null, };

export type SecondPlaceInput = { 
/**
 * A folder on another disk, a stick that stays, a shared folder; none switches it off.
 */
folder: string | null, };

export type SecondPlaceView = { 
/**
 * Where to.
 */
folder: string | null, 
/**
 * When the last one was written, RFC 3339.
 */
last_at: string | null, 
/**
 * Why the last try failed: a key `usb_problem_<code>`.
 */
problem: string | null, };

export type ConflictListView = { 
/**
 * Newest first.
 */
rows: Array<ConflictRow>, };

export type ConflictRow = { 
/**
 * As in the list; of another kind of record its id, unit, day and status.
 */
row: SessionRow, 
/**
 * The record as it counts, when it is no session.
 */
record?: RecordForm, 
/**
 * Who wrote the versions, the one that counts first.
 */
by: Array<string>, };

export type ConflictView = { 
/**
 * As in the list; of another kind of record its id, unit, day and status.
 */
row: SessionRow, 
/**
 * The record as it counts, when it is no session.
 */
record?: RecordForm, 
/**
 * The one that counts first.
 */
versions: Array<VersionView>, 
/**
 * Every leaf that has a value in any version, in reading order.
 */
leaves: Array<LeafView>, 
/**
 * Whether they can be told apart as records of their own: sessions and teams, unless one of them only voids.
 */
can_split: boolean, 
/**
 * Sessions in conflict, this one included.
 */
total: number, 
/**
 * The next one after this, if any.
 */
next: string | null, };

export type VersionView = { 
/**
 * The operation that made it so, `log:seq`.
 */
operation: string, 
/**
 * Who.
 */
by: string, 
/**
 * When by the author's clock, RFC 3339.
 */
at: string, 
/**
 * Whether this machine wrote it.
 */
mine: boolean, 
/**
 * Whether its figures count until somebody chooses.
 */
counts: boolean, 
/**
 * Whether it declares the session void.
 */
voided: boolean, 
/**
 * Why it was voided or corrected, in the author's words.
 */
reason: string | null, 
/**
 * Why the centre kept it apart: a key `verdict_<code>` of the catalogue, lower case.
 */
code: string | null, };

export type LeafView = { 
/**
 * `counts.adult.female`, `venue`, `void`…
 */
path: string, 
/**
 * Its text in each version; empty when not collected.
 */
values: Array<string>, 
/**
 * Whether the versions differ here.
 */
differs: boolean, 
/**
 * Whether another value may be typed.
 */
typed: boolean, };

export type ConflictInput = { 
/**
 * The record.
 */
id: string, 
/**
 * The versions that were on the screen, by operation: a choice made over others is refused.
 */
versions: Array<string>, 
/**
 * What was chosen, by path. A leaf that is not named stays as in the first version.
 */
picks: { [key in string]: Pick }, };

export type Pick = { "of": "version", 
/**
 * Index in `versions`.
 */
version: number, } | { "of": "text", 
/**
 * As typed.
 */
text: string, };

export type ConflictCheckView = { 
/**
 * What the rules say of it.
 */
findings: Array<FindingView>, 
/**
 * Its date, or null while it cannot be read.
 */
date: DateView | null, 
/**
 * Column → sum over the rows.
 */
totals: { [key in string]: number }, 
/**
 * Its venue.
 */
venue: string, 
/**
 * Whether it would be void.
 */
voided: boolean, };

export type SplitInput = { 
/**
 * The record.
 */
id: string, 
/**
 * The versions that were on the screen.
 */
versions: Array<string>, };

export type SplitView = { 
/**
 * The records made of the other versions.
 */
ids: Array<string>, };

export type OfficeView = { 
/**
 * `commune`, `area`, `province`.
 */
role: string, 
/**
 * Units work can be placed in: those granted and everything below.
 */
units: Array<UnitOption>, 
/**
 * Operations the centre keeps until somebody decides, newest first.
 */
cases: Array<CaseRow>, 
/**
 * Of all, also those beyond this page.
 */
total: number, 
/**
 * Acts of this office that the centre has not received yet.
 */
waiting: number, };

export type CaseRow = { 
/**
 * `log:seq`.
 */
operation: string, 
/**
 * `create`, `edit`, `void`…
 */
kind: string, 
/**
 * Whether it is kept apart, e.g. from a revoked machine: it can be let in. Otherwise it can be adopted.
 */
quarantined: boolean, 
/**
 * Why: a key `verdict_<code>` of the catalogue, lower case.
 */
code: string, 
/**
 * Who wrote it.
 */
by: string, 
/**
 * When by the author's clock, RFC 3339.
 */
at: string, 
/**
 * The unit it names, as far as this machine knows its name.
 */
unit_name: string, 
/**
 * Whether this machine knows that unit.
 */
unit_known: boolean, 
/**
 * Date of the session, if it can be read.
 */
date: DateView | null, 
/**
 * Topics of the session.
 */
topics: Array<string>, 
/**
 * Lượt.
 */
attended: number, 
/**
 * What this office has decided, not received by the centre yet: `adopt`, `return`, `release`.
 */
decided: string | null, };

export type AdoptInput = { 
/**
 * The operations.
 */
operations: Array<string>, 
/**
 * Uid of the unit they are placed in; empty leaves each where it says.
 */
unit: string, };

export type ReturnInput = { 
/**
 * The operations.
 */
operations: Array<string>, 
/**
 * Why; the author reads it.
 */
reason: string, };

export type ReleaseInput = { 
/**
 * The operations.
 */
operations: Array<string>, };

export type DevicesView = { 
/**
 * By unit and user; those without rights last.
 */
devices: Array<DeviceRow>, 
/**
 * Invitations made on this machine, newest first.
 */
invites: Array<InviteRow>, 
/**
 * Units a machine may be invited for.
 */
units: Array<UnitOption>, 
/**
 * Roles a machine may be given here.
 */
roles: Array<string>, };

export type DeviceRow = { 
/**
 * As the centre names it.
 */
device: string, 
/**
 * Who holds it.
 */
user: string, 
/**
 * Its role.
 */
role: string, 
/**
 * Uid of its unit.
 */
unit: string, 
/**
 * Name of its unit.
 */
unit_name: string, 
/**
 * Whether its rights were taken.
 */
revoked: boolean, 
/**
 * When it was enrolled, RFC 3339.
 */
enrolled_at: string, 
/**
 * When its user last wrote something this machine has seen, RFC 3339.
 */
last_news: string | null, 
/**
 * Whether it is this machine: it cannot revoke itself.
 */
own: boolean, 
/**
 * Whether its rights were taken here and the centre has not received that yet.
 */
revoking: boolean, };

export type InviteRow = { 
/**
 * `log:seq`.
 */
operation: string, 
/**
 * Who is invited.
 */
name: string, 
/**
 * The role.
 */
role: string, 
/**
 * Name of the unit.
 */
unit_name: string, 
/**
 * When, RFC 3339.
 */
at: string, 
/**
 * Whether the centre has it, so that the code can be used.
 */
sent: boolean, };

export type RevokeInput = { 
/**
 * The machine.
 */
device: string, 
/**
 * Why.
 */
reason: string, };

export type ReplaceInput = { 
/**
 * The old machine.
 */
device: string, 
/**
 * Why.
 */
reason: string, };

export type InviteInput = { 
/**
 * Uid of the unit.
 */
unit: string, 
/**
 * The role.
 */
role: string, 
/**
 * The person's name.
 */
name: string, };

export type InviteView = { 
/**
 * `K7M2Q-9XD4T`.
 */
code: string, 
/**
 * Who is invited.
 */
name: string, 
/**
 * Name of the unit.
 */
unit_name: string, };

export type CorrectInput = { 
/**
 * The draft the form was kept in; it goes away in the same transaction.
 */
draft_id: string, 
/**
 * The record.
 */
id: string, 
/**
 * The form.
 */
form: SessionForm, 
/**
 * Why; the author reads it.
 */
reason: string, };

export type ImportOpenInput = { 
/**
 * Where it is; empty when its bytes are here.
 */
path: string, 
/**
 * Its name, when its bytes are here.
 */
name: string, 
/**
 * Its bytes, base64.
 */
data: string, };

export type ImportOpenView = { "kind": "done", 
/**
 * Its name.
 */
file: string, 
/**
 * Sheets that hold anything.
 */
sheets: Array<ImportSheet>, } | { "kind": "problem", 
/**
 * The key.
 */
problem: string, };

export type ImportSheet = { 
/**
 * As on its tab; empty for text.
 */
name: string, 
/**
 * Rows to the last filled one.
 */
rows: number, 
/**
 * Columns to the last filled one.
 */
columns: number, };

export type ImportWanted = { 
/**
 * `session`, `coverage`, `population`, `unit`.
 */
kind: string, 
/**
 * Which sheet, from 0.
 */
sheet: number, 
/**
 * The header's last row, from 1; guessed when null.
 */
header: number | null, 
/**
 * Which column holds what; guessed when null.
 */
columns: Array<ImportSource> | null, 
/**
 * `dmy` or `mdy`; the dates decide when null.
 */
dates: string | null, 
/**
 * `tcvn3` or `vni`: text not in a Unicode font is converted from it.
 */
legacy: string | null, 
/**
 * Fields of counts where Excel took 1.234 for a decimal number and 1234 was meant.
 */
thousands: Array<string>, 
/**
 * Figures of the file may change figures that are here already.
 */
update: boolean, };

export type ImportSource = { 
/**
 * Field.
 */
field: string, 
/**
 * A column, from 0.
 */
column: number | null, 
/**
 * Else the same text for every row.
 */
fixed: string, };

export type ImportMapView = { 
/**
 * The header's last row, from 1.
 */
header: number, 
/**
 * The first rows of the sheet, to see where the header is.
 */
top: Array<ImportRow>, 
/**
 * Columns of the sheet.
 */
columns: Array<ImportColumn>, 
/**
 * Fields the table may have.
 */
fields: Array<ImportField>, 
/**
 * Labels of required fields without a source.
 */
missing: Array<string>, 
/**
 * Whether the columns were remembered from an earlier file with this header.
 */
remembered: boolean, 
/**
 * What legacy text there seems to be.
 */
legacy: ImportLegacy | null, 
/**
 * How the dates are read: `dmy` or `mdy`.
 */
dates: string, 
/**
 * Whether every date reads either way: a person must say.
 */
dates_ask: boolean, 
/**
 * Columns of counts that Excel made decimals of.
 */
thousands: Array<ImportThousands>, };

export type ImportRow = { 
/**
 * Its number in the sheet, from 1.
 */
number: number, 
/**
 * Its cells as text.
 */
cells: Array<string>, };

export type ImportColumn = { 
/**
 * `A`, `AB`.
 */
name: string, 
/**
 * Its header.
 */
title: string, 
/**
 * Its first filled cells.
 */
samples: Array<string>, };

export type ImportField = { 
/**
 * Field.
 */
field: string, 
/**
 * Its name for people.
 */
label: string, 
/**
 * Whether a record cannot be without it.
 */
required: boolean, 
/**
 * Its column, from 0.
 */
column: number | null, 
/**
 * Else the same text for every row.
 */
fixed: string, 
/**
 * Codes to choose a fixed value from; empty for free text.
 */
codes: Array<ImportCode>, };

export type ImportCode = { 
/**
 * The code.
 */
code: string, 
/**
 * Its label.
 */
label: string, };

export type ImportLegacy = { 
/**
 * `tcvn3` or `vni`.
 */
way: string, 
/**
 * How cells would read.
 */
samples: Array<ImportConverted>, };

export type ImportConverted = { 
/**
 * The cell, `D17`.
 */
address: string, 
/**
 * As stored.
 */
before: string, 
/**
 * As it would be.
 */
after: string, };

export type ImportThousands = { 
/**
 * Field.
 */
field: string, 
/**
 * Its name for people.
 */
label: string, 
/**
 * How many cells.
 */
cells: number, 
/**
 * One of them, `D17`.
 */
address: string, 
/**
 * What it holds, `1,234`.
 */
value: string, 
/**
 * What was probably meant, `1.234`.
 */
meant: string, };

export type ImportReportView = { 
/**
 * Rows read.
 */
rows: number, 
/**
 * Records added, or to be.
 */
added: number, 
/**
 * Records changed, or to be.
 */
changed: number, 
/**
 * Records that are here already, exactly so.
 */
unchanged: number, 
/**
 * Records refused.
 */
refused: number, 
/**
 * Of those added, how many may be here under another name.
 */
duplicates: number, 
/**
 * What is to be told of cells, errors and warnings, the first of them.
 */
remarks: Array<ImportRemark>, 
/**
 * How many more there are.
 */
more: number, 
/**
 * The first records, as they would be.
 */
preview: Array<ImportPreview>, 
/**
 * The batch that undoes it, when something was written that can be undone.
 */
batch: string | null, };

export type ImportRemark = { 
/**
 * The cell, `D17`; only the row where the table has no such column.
 */
address: string, 
/**
 * The column's name for people.
 */
label: string, 
/**
 * Whether the record is refused for it.
 */
error: boolean, 
/**
 * What is wrong and what to do.
 */
sentence: string, };

export type ImportPreview = { 
/**
 * Its row, from 1.
 */
line: number, 
/**
 * `add`, `restore`, `change`, `same`, `refused`.
 */
fate: string, 
/**
 * Its fields as read, in the order of `titles` of the fields that have a source.
 */
cells: Array<string>, };

export type ImportUndoInput = { 
/**
 * The batch.
 */
batch: string, };

export type ImportUndoView = { 
/**
 * Records as they were before.
 */
undone: number, 
/**
 * Records somebody changed since, and units something hangs on: they stay.
 */
kept: number, 
/**
 * Names of the units that stay.
 */
units: Array<string>, };

export type ImportRefusedInput = { 
/**
 * As for `import.check`.
 */
wanted: ImportWanted, 
/**
 * A folder, or the file to write.
 */
path: string, };

export type ImportRefusedView = { "kind": "done", 
/**
 * Where.
 */
path: string, 
/**
 * Rows.
 */
rows: number, } | { "kind": "nothing" } | { "kind": "problem", 
/**
 * The key.
 */
problem: string, };

export type ImportBatches = { 
/**
 * Newest first.
 */
batches: Array<ImportBatch>, };

export type ImportBatch = { 
/**
 * Its id.
 */
batch: string, 
/**
 * When, by this machine's clock.
 */
at: string, 
/**
 * `session`, `coverage`, `population`, `unit`.
 */
kind: string, 
/**
 * Name of the file.
 */
file: string, 
/**
 * Records added.
 */
added: number, 
/**
 * Records changed.
 */
changed: number, 
/**
 * Whether it was undone.
 */
undone: boolean, };

export type UnitForm = { 
/**
 * Its uid; empty when it is new.
 */
uid: string, 
/**
 * `hamlet` or a word for it; empty is read from the name.
 */
level: string, 
/**
 * Full name.
 */
name: string, 
/**
 * What sort of its level, in people's words.
 */
sort: string, 
/**
 * A code of the office's own.
 */
code: string, 
/**
 * Uid or full name of the unit above; empty is the only one this office could mean.
 */
parent: string, 
/**
 * First day, as typed.
 */
valid_from: string, 
/**
 * Last day, as typed.
 */
valid_to: string, 
/**
 * Uids of the communes of an area.
 */
members: Array<string>, };

export type UnitSaved = { 
/**
 * Its uid.
 */
uid: string, 
/**
 * Warnings.
 */
findings: Array<FindingView>, };

export type Commit = "look" | "all" | "chosen";

export type UnitManyInput = { 
/**
 * The rows.
 */
rows: Array<UnitForm>, 
/**
 * What is to be done.
 */
commit: Commit, 
/**
 * Indices of the rows chosen.
 */
chosen: Array<number>, };

export type UnitManyView = { 
/**
 * In the order of the rows.
 */
rows: Array<UnitManyRow>, 
/**
 * Rows nothing refuses.
 */
good: number, 
/**
 * Units made.
 */
made: number, };

export type UnitManyRow = { 
/**
 * Its name, tidied.
 */
name: string, 
/**
 * The level it was read as; empty when none could be.
 */
level: string, 
/**
 * Name of the unit above.
 */
parent_name: string, 
/**
 * Uid of the unit made of it.
 */
uid: string | null, 
/**
 * Refusals and warnings.
 */
findings: Array<FindingView>, };

export type UnitTreeInput = { 
/**
 * Words searched in names without regard to accents; what lies above a hit is shown too.
 */
text: string, 
/**
 * Only this level, or empty.
 */
level: string, 
/**
 * Also units that ended.
 */
ended: boolean, };

export type UnitTreeView = { 
/**
 * Depth first, by name.
 */
rows: Array<UnitRow>, 
/**
 * Levels this office makes.
 */
levels: Array<string>, 
/**
 * Units something may lie in.
 */
parents: Array<ParentOption>, 
/**
 * Communes an area may have.
 */
communes: Array<UnitOption>, };

export type ParentOption = { 
/**
 * Its uid.
 */
uid: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Levels that may lie in it.
 */
levels: Array<string>, };

export type UnitRow = { 
/**
 * Its uid.
 */
uid: string, 
/**
 * Its level.
 */
level: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What sort of its level.
 */
sort: string, 
/**
 * Its code.
 */
code: string, 
/**
 * Uid of the unit above.
 */
parent: string, 
/**
 * How deep it lies; 0 for the first.
 */
depth: number, 
/**
 * First day.
 */
valid_from: DateView | null, 
/**
 * Last day: its own, or that before what followed.
 */
last_day: DateView | null, 
/**
 * Whether it exists today.
 */
living: boolean, 
/**
 * Whether it was split; its sessions stay with it until they are placed.
 */
split: boolean, 
/**
 * Whether this office may edit it.
 */
editable: boolean, 
/**
 * Whether what it is now waits to be sent.
 */
waiting: boolean, 
/**
 * Living sessions recorded for this very unit.
 */
sessions: number, 
/**
 * Uids of the communes of an area.
 */
members: Array<string>, };

export type SucceedInput = { 
/**
 * `merge`, `split`, `rename`, `transfer`; empty is `rename` for one with a new name, else `merge`.
 */
kind: string, 
/**
 * Uids of the units that end.
 */
old: Array<string>, 
/**
 * Uid of the unit that takes over; empty when it is new.
 */
new: string, 
/**
 * Name of the new unit.
 */
name: string, 
/**
 * Names of the units it is split into.
 */
parts: Array<string>, 
/**
 * Uid of the unit above from then on; empty stays where the first lies.
 */
parent: string, 
/**
 * First day, as typed.
 */
effective: string, 
/**
 * The resolution it rests on.
 */
legal_basis: string, };

export type SucceedView = { 
/**
 * `merge`, `split`, `rename`, `transfer`.
 */
kind: string, 
/**
 * Names of the units that end.
 */
old_names: Array<string>, 
/**
 * Name of the unit that takes over; of several, with commas.
 */
new_name: string, 
/**
 * Its first day.
 */
effective: DateView, 
/**
 * Sessions that will be counted under the new unit.
 */
sessions: number, 
/**
 * Lượt in them.
 */
attended: number, 
/**
 * Machines that go on under the new unit.
 */
machines: number, 
/**
 * The sums before and after.
 */
proof: Proof, };

export type Proof = { 
/**
 * Whether nothing was lost or counted twice.
 */
equal: boolean, 
/**
 * The units concerned, by year; latest figures have no year.
 */
rows: Array<ProofRow>, 
/**
 * Lượt of the units above, in both boundaries.
 */
places: Array<ProofPlace>, 
/**
 * Names of units without a figure that another of them has: the sum needs to be entered anew.
 */
incomplete: Array<string>, };

export type ProofRow = { 
/**
 * `sessions`, `attended`, `female`, `first_time`, `completed`, `population.<group>`, `coverage.<group>.<measure>`.
 */
what: string, 
/**
 * The year; 0 for figures that hold until the next.
 */
year: number, 
/**
 * As it is.
 */
before: number, 
/**
 * As it would be.
 */
after: number, };

export type ProofPlace = { 
/**
 * Its name.
 */
name: string, 
/**
 * `as_was` or `as_is_now`.
 */
boundaries: string, 
/**
 * As it is.
 */
before: number, 
/**
 * As it would be.
 */
after: number, 
/**
 * Whether a transfer takes something from it or to it, so that it may differ.
 */
moves: boolean, };

export type UnitsView = { 
/**
 * Units in scope that exist, by name.
 */
units: Array<UnitOption>, 
/**
 * What became of which, newest first.
 */
successions: Array<SuccessionRow>, };

export type SuccessionRow = { 
/**
 * `merge`, `split`, `rename`, `transfer`.
 */
kind: string, 
/**
 * Name of the unit that ended.
 */
old_name: string, 
/**
 * Name of the unit that took over.
 */
new_name: string, 
/**
 * First day of the new unit.
 */
effective: DateView, 
/**
 * The resolution it rests on.
 */
legal_basis: string, 
/**
 * Whether the centre has it.
 */
sent: boolean, };

export interface Commands {
  "app.state": { input: NoInput; output: AppState };
  "app.lists": { input: NoInput; output: ListsView };
  "settings.write": { input: Settings; output: Settings };
  "enrol.state": { input: NoInput; output: EnrolView };
  "enrol.lookup": { input: EnrolLookupInput; output: Done };
  "enrol.confirm": { input: EnrolConfirmInput; output: Done };
  "enrol.reset": { input: NoInput; output: Done };
  "sample.start": { input: SampleInput; output: Done };
  "sample.discard": { input: NoInput; output: Done };
  "today.read": { input: NoInput; output: TodayView };
  "session.begin": { input: BeginInput; output: BeginView };
  "session.check": { input: CheckInput; output: CheckView };
  "session.save": { input: SaveInput; output: SaveView };
  "session.change": { input: ChangeInput; output: SaveView };
  "session.list": { input: ListInput; output: ListView };
  "session.read": { input: SessionReadInput; output: SessionView };
  "session.void": { input: VoidInput; output: CountView };
  "session.restore": { input: VoidInput; output: CountView };
  "record.list": { input: RecordListInput; output: RecordListView };
  "record.read": { input: RecordId; output: RecordView };
  "record.check": { input: RecordForm; output: RecordCheckView };
  "record.save": { input: RecordSaveInput; output: RecordSaveView };
  "record.void": { input: VoidInput; output: CountView };
  "record.restore": { input: VoidInput; output: CountView };
  "progress.scopes": { input: NoInput; output: ProgressScopes };
  "progress.read": { input: ProgressInput; output: ProgressView };
  "progress.drill": { input: DrillInput; output: DrillView };
  "coverage.grid": { input: CoverageGridInput; output: CoverageGridView };
  "coverage.save": { input: CoverageSaveInput; output: CoverageSaveView };
  "coverage.paste": { input: CoveragePasteInput; output: CoveragePasteView };
  "draft.save": { input: DraftInput; output: SavedAt };
  "draft.discard": { input: IdInput; output: Done };
  "unsaved.keep": { input: UnsavedInput; output: SavedAt };
  "unsaved.list": { input: UnsavedListInput; output: UnsavedListView };
  "unsaved.drop": { input: UnsavedDropInput; output: Done };
  "photo.add": { input: PhotoAddInput; output: AttachmentForm };
  "photo.list": { input: IdInput; output: PhotosView };
  "photo.read": { input: PhotoInput; output: PhotoData };
  "photo.fetch": { input: SessionPhotoInput; output: Done };
  "photo.remove": { input: SessionPhotoInput; output: Done };
  "sync.status": { input: NoInput; output: SyncStatus };
  "sync.now": { input: NoInput; output: Done };
  "sync.stop": { input: NoInput; output: Done };
  "sync.list": { input: SyncListInput; output: SyncListView };
  "sync.seen": { input: SyncSeenInput; output: Done };
  "sync.log": { input: LogInput; output: LogView };
  "sync.receipt": { input: NoInput; output: ReceiptView };
  "usb.list": { input: NoInput; output: UsbView };
  "usb.export": { input: UsbExportInput; output: UsbExportView };
  "usb.import": { input: UsbImportInput; output: UsbImportView };
  "usb.receipts": { input: UsbReceiptsInput; output: UsbReceiptsView };
  "usb.second_place": { input: SecondPlaceInput; output: SecondPlaceView };
  "import.open": { input: ImportOpenInput; output: ImportOpenView };
  "import.map": { input: ImportWanted; output: ImportMapView };
  "import.check": { input: ImportWanted; output: ImportReportView };
  "import.commit": { input: ImportWanted; output: ImportReportView };
  "import.undo": { input: ImportUndoInput; output: ImportUndoView };
  "import.refused": { input: ImportRefusedInput; output: ImportRefusedView };
  "import.list": { input: NoInput; output: ImportBatches };
  "conflict.list": { input: NoInput; output: ConflictListView };
  "conflict.get": { input: IdInput; output: ConflictView };
  "conflict.check": { input: ConflictInput; output: ConflictCheckView };
  "conflict.resolve": { input: ConflictInput; output: Done };
  "conflict.split": { input: SplitInput; output: SplitView };
  "history.get": { input: IdInput; output: HistoryView };
  "office.read": { input: NoInput; output: OfficeView };
  "office.adopt": { input: AdoptInput; output: Done };
  "office.return": { input: ReturnInput; output: Done };
  "office.release": { input: ReleaseInput; output: Done };
  "device.list": { input: NoInput; output: DevicesView };
  "device.revoke": { input: RevokeInput; output: Done };
  "device.replace": { input: ReplaceInput; output: InviteView };
  "device.invite": { input: InviteInput; output: InviteView };
  "session.correct": { input: CorrectInput; output: SaveView };
  "record.correct": { input: RecordCorrectInput; output: RecordSaveView };
  "unit.list": { input: NoInput; output: UnitsView };
  "unit.tree": { input: UnitTreeInput; output: UnitTreeView };
  "unit.create": { input: UnitForm; output: UnitSaved };
  "unit.create_many": { input: UnitManyInput; output: UnitManyView };
  "unit.edit": { input: UnitForm; output: UnitSaved };
  "unit.preview": { input: SucceedInput; output: SucceedView };
  "unit.succeed": { input: SucceedInput; output: Done };
}
