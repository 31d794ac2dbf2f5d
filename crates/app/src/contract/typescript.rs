//! The contract as TypeScript: every mirror type, then one map from command name to input and output.

use ts_rs::{Config, TS};

use super::*;

/// The whole generated file, `ui/src/lib/generated/contract.ts`; `commands` are lines of [`signature`].
pub fn file(commands: &[String]) -> String {
    let mut out = String::from("// Written by `cargo xtask codegen` from crates/app/src/contract. Do not edit.\n\n");
    for declaration in declarations() {
        out.push_str("export ");
        out.push_str(&declaration);
        out.push_str("\n\n");
    }
    out.push_str("export interface Commands {\n");
    for command in commands {
        out.push_str(command);
    }
    out.push_str("}\n");
    out
}

/// One line of the command map.
pub fn signature<I: TS, O: TS>(name: &str) -> String {
    let config = Config::default();
    format!(
        "  \"{name}\": {{ input: {}; output: {} }};\n",
        I::name(&config),
        O::name(&config)
    )
}

macro_rules! declare {
    ($($ty:ty),+ $(,)?) => { vec![$(<$ty as TS>::decl(&Config::default())),+] };
}

fn declarations() -> Vec<String> {
    [
        sessions(),
        progress(),
        records(),
        photos(),
        machine(),
        carried(),
        conflicts(),
        offices(),
        imports(),
        units(),
    ]
    .concat()
}

fn progress() -> Vec<String> {
    declare![
        ProgressInput,
        DrillInput,
        DrillRecord,
        DrillView,
        ScopeOption,
        ProgressScopes,
        ProgressState,
        StandingView,
        ActivityView,
        PointView,
        YearBeforeView,
        IndicatorView,
        ShareView,
        PlanView,
        WindowView,
        PeriodView,
        ProgressView,
    ]
}

fn photos() -> Vec<String> {
    declare![
        AttachmentForm,
        PhotoAddInput,
        PhotoState,
        PhotoView,
        PhotosView,
        PhotoInput,
        SessionPhotoInput,
        PhotoData,
        PhotoTally,
        PhotoSending,
    ]
}

fn sessions() -> Vec<String> {
    declare![
        Severity,
        FindingView,
        ErrorCode,
        ErrorBody,
        SessionForm,
        CheckInput,
        CheckView,
        DateView,
        BeginInput,
        BeginView,
        UnitOption,
        DraftInput,
        SavedAt,
        UnsavedInput,
        UnsavedListInput,
        UnsavedListView,
        UnsavedRow,
        UnsavedDropInput,
        SaveInput,
        ChangeInput,
        SaveView,
        Status,
        ListInput,
        SessionRow,
        Totals,
        ListView,
        IdInput,
        SessionView,
        HistoryView,
        Branch,
        HistoryEntry,
        Change,
        VoidInput,
        CountView,
        DraftRow,
        TodayView,
    ]
}

fn records() -> Vec<String> {
    declare![
        RecordForm,
        RecordSaveInput,
        RecordCorrectInput,
        RecordCheckView,
        RecordSaveView,
        RecordId,
        RecordListInput,
        SessionReadInput,
        RecordListView,
        RecordView,
        RowMode,
        CoverageGridInput,
        CoverageGridView,
        CoverageRow,
        CoverageCell,
        CoverageBefore,
        CoverageSaveInput,
        CoverageUnsaved,
        CoverageUnsavedLine,
        CoverageTyped,
        CoverageSaveView,
        CoverageSaved,
        CoveragePasteInput,
        CoveragePasteView,
        CoveragePasted,
    ]
}

fn machine() -> Vec<String> {
    declare![
        AppState,
        Phase,
        KeyStorage,
        SyncStatus,
        SyncPhase,
        SyncTab,
        SyncListInput,
        SyncSeenInput,
        SyncListView,
        SyncRow,
        LogInput,
        LogLine,
        LogView,
        ReceiptView,
        EnrolLookupInput,
        EnrolConfirmInput,
        EnrolState,
        EnrolView,
        Settings,
        SampleWhat,
        SampleInput,
        NoInput,
        Done,
        ListsView,
        CodeList,
        GroupRules,
    ]
}

fn carried() -> Vec<String> {
    declare![
        UsbExportInput,
        UsbScope,
        UsbExportView,
        UsbFile,
        UsbImportInput,
        UsbImportView,
        UsbTaken,
        UsbOutcome,
        UsbView,
        UsbExport,
        UsbReason,
        UsbCarried,
        CarriedState,
        UsbReceiptsInput,
        UsbReceiptsView,
        SecondPlaceInput,
        SecondPlaceView,
    ]
}

fn conflicts() -> Vec<String> {
    declare![
        ConflictListView,
        ConflictRow,
        ConflictView,
        VersionView,
        LeafView,
        ConflictInput,
        Pick,
        ConflictCheckView,
        SplitInput,
        SplitView,
    ]
}

fn offices() -> Vec<String> {
    declare![
        OfficeView,
        CaseRow,
        AdoptInput,
        ReturnInput,
        ReleaseInput,
        DevicesView,
        DeviceRow,
        InviteRow,
        RevokeInput,
        ReplaceInput,
        InviteInput,
        InviteView,
        CorrectInput,
    ]
}

fn imports() -> Vec<String> {
    declare![
        ImportOpenInput,
        ImportOpenView,
        ImportSheet,
        ImportWanted,
        ImportSource,
        ImportMapView,
        ImportRow,
        ImportColumn,
        ImportField,
        ImportCode,
        ImportLegacy,
        ImportConverted,
        ImportThousands,
        ImportReportView,
        ImportRemark,
        ImportPreview,
        ImportUndoInput,
        ImportUndoView,
        ImportRefusedInput,
        ImportRefusedView,
        ImportBatches,
        ImportBatch,
    ]
}

fn units() -> Vec<String> {
    declare![
        UnitForm,
        UnitSaved,
        Commit,
        UnitManyInput,
        UnitManyView,
        UnitManyRow,
        UnitTreeInput,
        UnitTreeView,
        ParentOption,
        UnitRow,
        SucceedInput,
        SucceedView,
        Proof,
        ProofRow,
        ProofPlace,
        UnitsView,
        SuccessionRow,
    ]
}
