//! What the rules say of a field: a code, a path, a weight and values. Never prose; sentences are in [`crate::wording`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Impossible: cannot be saved as final, the draft stays. The centre answers `rejected`.
    Error,
    /// Unusual: saved, shown, sent along.
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident;)+) => {
        /// Which rule spoke. The sentence of a code is `finding_<code>` in `assets/messages`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FindingCode { $($(#[$doc])* #[serde(rename = $text)] $name,)+ }

        impl FindingCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// The code as text, e.g. `of_which_over_total`.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $text),+ } }
            /// Its weight: fixed per code, so that no caller can soften a rule.
            pub fn severity(self) -> Severity { match self { $(Self::$name => Severity::$severity),+ } }
        }
    };
}

codes! {
    /// Not a whole number. `value`.
    CountNotInteger = "count_not_integer", Error;
    /// `1.23`: one or one hundred and twenty-three? `value`, `low`, `high`.
    CountAmbiguous = "count_ambiguous", Error;
    /// Below zero. `value`.
    CountNegative = "count_negative", Error;
    /// Above the largest count a record may hold. `value`, `max`.
    CountTooLarge = "count_too_large", Error;
    /// An of-which above its line's total. `column`, `value`, `total`.
    OfWhichOverTotal = "of_which_over_total", Error;
    /// `khmer` above `ethnic_minority`. `value`, `total`.
    KhmerOverMinority = "khmer_over_minority", Error;
    /// `completed` above `assessed`. `value`, `total`.
    CompletedOverAssessed = "completed_over_assessed", Error;
    /// An of-which was given but no total. `group`.
    AttendedMissing = "attended_missing", Error;
    /// No line at all.
    CountsEmpty = "counts_empty", Error;
    /// The same target group twice. `group`.
    GroupTwice = "group_twice", Error;
    /// No such target group. `value`.
    GroupUnknown = "group_unknown", Error;
    /// No date.
    DateMissing = "date_missing", Error;
    /// Cannot be read as a date. `value`.
    DateUnreadable = "date_unreadable", Error;
    /// 31/11. `day`, `month`, `days`.
    DateNoSuchDay = "date_no_such_day", Error;
    /// After today by the reader's clock. `date`.
    DateFuture = "date_future", Warning;
    /// Before the plan's first year. `date`.
    DateBeforePlan = "date_before_plan", Warning;
    /// Cannot be read as a time of day. `value`.
    TimeUnreadable = "time_unreadable", Error;
    /// Longer than a day. `value`, `max`.
    DurationTooLong = "duration_too_long", Error;
    /// No form.
    FormMissing = "form_missing", Error;
    /// No such form. `value`.
    FormUnknown = "form_unknown", Error;
    /// No topic.
    TopicsMissing = "topics_missing", Error;
    /// No such topic. `value`.
    TopicUnknown = "topic_unknown", Error;
    /// No such language. `value`.
    LanguageUnknown = "language_unknown", Error;
    /// No such venue type. `value`.
    VenueUnknown = "venue_unknown", Error;
    /// No unit.
    UnitMissing = "unit_missing", Error;
    /// Not a unit this reader knows. `value`.
    UnitUnknown = "unit_unknown", Error;
    /// The unit did not exist on that date. `unit`, `date`.
    UnitClosed = "unit_closed", Warning;
    /// Too many characters. `length`, `max`.
    TextTooLong = "text_too_long", Error;
    /// A control character, e.g. a null byte. `character`.
    TextControl = "text_control", Error;
    /// Loose marks were put in the one form; the text reads the same.
    TextNormalised = "text_normalised", Warning;
    /// Not the kind of value the field takes; only from files and other programs. `value`.
    WrongType = "wrong_type", Error;
    /// More than a hall holds. `value`, `limit`.
    AttendedVeryMany = "attended_very_many", Warning;
    /// Twice the largest ever at this place. `value`, `largest`.
    AttendedDoubleLargest = "attended_double_largest", Warning;
    /// Same unit, date and topic already recorded. `date`, `attended`.
    DuplicateLikely = "duplicate_likely", Warning;
    /// Looks like an identity or phone number.
    NotePersonalNumber = "note_personal_number", Warning;
    /// More photos than a session may have. `value`, `max`.
    AttachmentsTooMany = "attachments_too_many", Error;
    /// The same photo twice.
    AttachmentTwice = "attachment_twice", Error;
    /// Not a photo as this program writes it; only from other programs. `value`.
    AttachmentKind = "attachment_kind", Error;
    /// Its name or size is none; only from other programs.
    AttachmentMalformed = "attachment_malformed", Error;
    /// The photo's bytes are not on this machine and the session did not name it before.
    AttachmentMissing = "attachment_missing", Error;
    /// An act that needs a reason has none.
    ReasonMissing = "reason_missing", Error;
    /// A person or a unit without a name.
    NameMissing = "name_missing", Error;
    /// The file is no picture this program can read.
    PhotoUnreadable = "photo_unreadable", Error;
    /// A picture of a phone's own format, which few programs read.
    PhotoHeic = "photo_heic", Error;
    /// The picture is cut off or damaged.
    PhotoDamaged = "photo_damaged", Error;
    /// More bytes than a picture file may have here. `value`, `max`: megabytes.
    PhotoFileTooLarge = "photo_file_too_large", Error;
    /// More pixels than this program unpacks. `width`, `height`, `max`: megapixels.
    PhotoTooManyPixels = "photo_too_many_pixels", Error;
    /// A count that must be given is missing.
    CountMissing = "count_missing", Error;
    /// No target group.
    GroupMissing = "group_missing", Error;
    /// No criterion.
    MeasureMissing = "measure_missing", Error;
    /// No such criterion. `value`.
    MeasureUnknown = "measure_unknown", Error;
    /// The criterion is not asked of this group. `measure`, `group`.
    MeasureNotForGroup = "measure_not_for_group", Error;
    /// Nothing says how the figure is known.
    EvidenceMissing = "evidence_missing", Error;
    /// No such kind of evidence. `value`.
    EvidenceUnknown = "evidence_unknown", Error;
    /// What VNeID confirmed has VNeID for evidence.
    EvidenceNotForMeasure = "evidence_not_for_measure", Error;
    /// No source.
    SourceMissing = "source_missing", Error;
    /// More who meet the criterion than there are. `column`, `value`, `total`.
    NumeratorOverPopulation = "numerator_over_population", Error;
    /// More excluded than there are. `column`, `value`, `total`.
    ExcludedOverPopulation = "excluded_over_population", Error;
    /// The group has no such grade. `value`, `group`.
    GradeNotForGroup = "grade_not_for_group", Error;
    /// Pupils and students belong to a school year.
    SchoolYearMissing = "school_year_missing", Error;
    /// Not a school year. `value`.
    SchoolYearUnreadable = "school_year_unreadable", Error;
    /// No basis of a population.
    BasisMissing = "basis_missing", Error;
    /// No such basis. `value`.
    BasisUnknown = "basis_unknown", Error;
    /// The last day before the first.
    DatesReversed = "dates_reversed", Error;
    /// Not a phone number. `value`.
    PhoneUnreadable = "phone_unreadable", Error;
    /// A text that must be given is missing.
    TextMissing = "text_missing", Error;
    /// No such flag. `value`.
    FlagUnknown = "flag_unknown", Error;
    /// No regime of periods.
    RegimeMissing = "regime_missing", Error;
    /// No such regime. `value`.
    RegimeUnknown = "regime_unknown", Error;
    /// No state of a report.
    StateMissing = "state_missing", Error;
    /// No such state. `value`.
    StateUnknown = "state_unknown", Error;
    /// Fewer than were told before: a stock seldom falls. `value`, `previous`, `date`.
    StockFalls = "stock_falls", Warning;
    /// More confirmed on VNeID than were told to have the skills. `value`, `skilled`.
    ConfirmedOverSkilled = "confirmed_over_skilled", Warning;
    /// A decimal number where a count belongs: what Excel makes of 1.234. `value`, `high`.
    CountThousands = "count_thousands", Error;
    /// A date of a file without its day, month or year. `value`.
    DateNotFull = "date_not_full", Error;
    /// A cell whose formula failed. `value`.
    CellError = "cell_error", Error;
    /// Several units have this name. `value`.
    UnitAmbiguous = "unit_ambiguous", Error;
    /// No such level of a unit. `value`.
    LevelUnknown = "level_unknown", Error;
    /// Lines of one session that say different things of it. `row`.
    LinesDiffer = "lines_differ", Error;
    /// The same record stood in an earlier row of the file. `row`.
    RowTwice = "row_twice", Error;
    /// The same figure of the same day stands here already with another value: to save is to change it. `value`.
    FigureThere = "figure_there", Warning;
    /// Two cells of a grid are one figure. `value`.
    FigureTwice = "figure_twice", Error;
    /// Recorded here already with other figures; a file changes none by itself.
    RecordDiffers = "record_differs", Error;
    /// No level of a unit.
    LevelMissing = "level_missing", Error;
    /// A unit of this level does not lie directly in one of that level. `level`, `parent`.
    UnitPlace = "unit_place", Error;
    /// A unit that lives beside it has the same name. `value`.
    UnitNameTwice = "unit_name_twice", Warning;
    /// A code is letters, digits, dots and dashes. `value`.
    UnitCode = "unit_code", Error;
    /// Ships with the program: the law's, not edited here.
    UnitShipped = "unit_shipped", Error;
    /// A revision cannot make another kind of unit of it. `level`.
    UnitLevelFixed = "unit_level_fixed", Error;
    /// Only communes are members of an area. `value`.
    UnitMember = "unit_member", Error;
    /// More communes than an area can have. `value`, `max`.
    UnitMembersTooMany = "unit_members_too_many", Error;
    /// A split needs two parts at least.
    PartsMissing = "parts_missing", Error;
    /// The rows of the file name the same unit twice. `value`.
    UnitRowTwice = "unit_row_twice", Error;
    /// This office makes no such unit there.
    UnitNotYours = "unit_not_yours", Error;
}

/// One remark on one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule spoke.
    pub code: FindingCode,
    /// The field, e.g. `counts.adult.female`.
    pub path: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Values for the sentence; one that starts with `@` names another message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Finding {
    /// A finding of the code's own weight.
    pub fn new(code: FindingCode, path: impl Into<String>) -> Self {
        Self {
            code,
            path: path.into(),
            severity: code.severity(),
            params: BTreeMap::new(),
        }
    }

    /// Adds a value for the sentence, at most 80 characters of it: an echo must not carry a megabyte.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        const ECHO_CHARS_MAX: usize = 80;
        let value = value.to_string();
        let shown = match value.char_indices().nth(ECHO_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value,
        };
        let shown = shown
            .chars()
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        self.params.insert(name.to_owned(), shown);
        self
    }

    /// Whether saving is refused.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
