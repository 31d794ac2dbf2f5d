//! What an administrator decides about operations and records: signed in the centre's own log, like any officer's act.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::DateTime;
use clap::Subcommand;
use hocvu_model::ids::{OperationId, RecordId, UnitUid};
use hocvu_model::operation::{Draft, Kind, OfficeDraft, TRAINING_SESSION};
use hocvu_model::session::SCHEMA_VERSION;
use hocvu_wire::batch::Verdict;
use serde_json::{Map, Value};

use super::{ACTOR, File, Shown, open, open_reader, restore, say, say_json};
use crate::desk::{Authored, Core};
use crate::directory;
use crate::error::{Error, Result};
use crate::history::{self, Entry, Open};
use crate::reading::Body;
use crate::world::World;

/// Decisions.
#[derive(Subcommand)]
pub(super) enum OfficeCommand {
    /// Xem những việc chờ người quyết định.
    Cases {
        #[command(flatten)]
        shown: Shown,
        /// Chỉ trong đơn vị này và các đơn vị thuộc nó.
        #[arg(long)]
        unit: Option<String>,
    },
    /// Xem toàn bộ lịch sử của một bản ghi: ai, lúc nào, kết quả.
    History {
        #[command(flatten)]
        shown: Shown,
        /// Mã bản ghi.
        record: RecordId,
    },
    /// Tiếp nhận việc chờ chuyển.
    Adopt {
        #[command(flatten)]
        shown: Shown,
        /// Mã thao tác, dạng sổ:số.
        #[arg(required = true)]
        ops: Vec<OperationId>,
        /// Đơn vị nhận; không đặt thì theo đơn vị đã ghi.
        #[arg(long)]
        unit: Option<String>,
    },
    /// Trả việc về cho người gửi, kèm lý do.
    Return {
        #[command(flatten)]
        shown: Shown,
        /// Mã thao tác, dạng sổ:số.
        #[arg(required = true)]
        ops: Vec<OperationId>,
        /// Lý do.
        #[arg(long)]
        reason: String,
    },
    /// Xét lại việc của một máy đã thu hồi.
    Release {
        #[command(flatten)]
        shown: Shown,
        /// Mã thao tác, dạng sổ:số.
        #[arg(required = true)]
        ops: Vec<OperationId>,
    },
    /// Giải quyết các bản khác nhau của một bản ghi.
    Resolve {
        #[command(flatten)]
        shown: Shown,
        /// Mã bản ghi.
        record: RecordId,
        /// Giữ bản nào: head (bản đang có) hoặc mã thao tác của bản khác.
        #[arg(long)]
        keep: String,
        /// Sửa thêm, JSON.
        #[arg(long)]
        set: Option<String>,
    },
    /// Đính chính một bản ghi, kèm lý do.
    Correct {
        #[command(flatten)]
        shown: Shown,
        /// Mã bản ghi.
        record: RecordId,
        /// Các trường cần sửa, JSON.
        #[arg(long)]
        set: String,
        /// Lý do.
        #[arg(long)]
        reason: String,
    },
    /// Tháng báo cáo: khóa, mở.
    #[command(subcommand)]
    Period(PeriodCommand),
    /// Khôi phục từ một bản sao; các máy tự gửi lại phần thiếu.
    Restore {
        #[command(flatten)]
        file: File,
        /// Bản sao.
        copy: PathBuf,
    },
    /// Kỳ dữ liệu: đổi kỳ để các máy đối chiếu lại.
    #[command(subcommand)]
    Epoch(EpochCommand),
}

#[derive(Subcommand)]
pub(super) enum PeriodCommand {
    /// Khóa một tháng của một đơn vị và các đơn vị thuộc nó.
    Lock {
        #[command(flatten)]
        file: File,
        /// Mã đơn vị.
        #[arg(long)]
        unit: String,
        /// Tháng báo cáo, ví dụ 2025-11.
        #[arg(long)]
        month: String,
    },
    /// Mở lại; các buổi đang chờ được xét.
    Unlock {
        #[command(flatten)]
        file: File,
        /// Mã đơn vị.
        #[arg(long)]
        unit: String,
        /// Tháng báo cáo, ví dụ 2025-11.
        #[arg(long)]
        month: String,
    },
}

#[derive(Subcommand)]
pub(super) enum EpochCommand {
    /// Bắt đầu kỳ mới.
    Bump {
        #[command(flatten)]
        file: File,
    },
}

impl OfficeCommand {
    pub(super) fn run(self, world: Arc<dyn World>) -> Result<()> {
        match self {
            Self::Cases { shown, unit } => cases(&shown, unit.as_deref()),
            Self::History { shown, record } => show_history(&shown, record),
            Self::Adopt { shown, ops, unit } => {
                let unit = unit.map(UnitUid);
                decide(&shown, world, Kind::Adopt, &ops, unit.as_ref(), None)
            }
            Self::Return { shown, ops, reason } => decide(&shown, world, Kind::Return, &ops, None, Some(&reason)),
            Self::Release { shown, ops } => decide(&shown, world, Kind::Release, &ops, None, None),
            Self::Resolve {
                shown,
                record,
                keep,
                set,
            } => resolve(&shown, world, record, &keep, set.as_deref()),
            Self::Correct {
                shown,
                record,
                set,
                reason,
            } => correct(&shown, world, record, &set, &reason),
            Self::Period(PeriodCommand::Lock { file, unit, month }) => {
                open(&file, world)?.transact(|desk| desk.lock_period(ACTOR, &unit, &month))?;
                say(&format!("Đã khóa tháng {month} của {unit}."));
                Ok(())
            }
            Self::Period(PeriodCommand::Unlock { file, unit, month }) => {
                open(&file, world)?.transact(|desk| desk.unlock_period(ACTOR, &unit, &month))?;
                say(&format!("Đã mở tháng {month} của {unit}."));
                Ok(())
            }
            Self::Restore { file, copy } => restore::restore(&file, world, &copy),
            Self::Epoch(EpochCommand::Bump { file }) => restore::bump(&file, world),
        }
    }
}

/// Signs and stores; a refusal becomes the command's.
pub(super) fn author(core: &mut Core, text: &str) -> Result<Authored> {
    let authored = core.transact(|desk| desk.author(ACTOR, text))?;
    match authored.ruling.v {
        Verdict::Accepted | Verdict::Merged => Ok(authored),
        v => Err(Error::Refused(format!(
            "Không làm được ({} {}). Việc này vẫn được ghi lại với mã {}.",
            v.as_str(),
            authored.ruling.c.as_deref().unwrap_or_default(),
            authored.id
        ))),
    }
}

pub(super) fn told(shown: &Shown, authored: &Authored, line: &str) -> Result<()> {
    if shown.json {
        return say_json(&serde_json::json!({ "op": authored.id, "fseq": authored.fseq, "v": authored.ruling.v }));
    }
    say(line);
    Ok(())
}

fn decide(
    shown: &Shown,
    world: Arc<dyn World>,
    kind: Kind,
    cites: &[OperationId],
    unit: Option<&UnitUid>,
    reason: Option<&str>,
) -> Result<()> {
    let at = world.now().timestamp();
    let mut core = open(&shown.file, world)?;
    let text = OfficeDraft {
        cites,
        unit,
        reason,
        ..OfficeDraft::new(kind, at)
    }
    .text();
    let authored = author(&mut core, &text)?;
    told(
        shown,
        &authored,
        &format!("Đã ghi {} thao tác. Mã việc: {}.", cites.len(), authored.id),
    )
}

fn resolve(shown: &Shown, world: Arc<dyn World>, record: RecordId, keep: &str, set: Option<&str>) -> Result<()> {
    let at = world.now().timestamp();
    let mut core = open(&shown.file, world)?;
    let Open { head, state, branches } = history::open_record(core.db(), record)?;
    if branches.is_empty() {
        return Err(Error::Refused("Bản ghi này không có bản khác nào đang chờ.".into()));
    }
    let kept = match keep {
        "head" => &state,
        op => branches
            .iter()
            .find(|(id, _)| id.to_string() == op)
            .map(|(_, state)| state)
            .ok_or_else(|| Error::Refused(format!("“{op}” không phải bản khác đang chờ của bản ghi này.")))?,
    };
    let mut patch = difference(&state.body, &kept.body);
    if let Some(set) = set {
        patch.extend(object(set)?);
    }
    let supersedes: Vec<OperationId> = branches.iter().map(|(id, _)| *id).collect();
    let text = Draft {
        k: Kind::Resolve,
        t: TRAINING_SESSION,
        sv: SCHEMA_VERSION,
        id: record,
        unit: &UnitUid(kept.unit.clone()),
        base: Some(head),
        set: Some(&patch),
        reason: None,
        void: (kept.void != state.void).then_some(kept.void),
        supersedes: &supersedes,
        at,
    }
    .text();
    let authored = author(&mut core, &text)?;
    told(
        shown,
        &authored,
        &format!("Đã giải quyết {} bản khác.", supersedes.len()),
    )
}

fn correct(shown: &Shown, world: Arc<dyn World>, record: RecordId, set: &str, reason: &str) -> Result<()> {
    let at = world.now().timestamp();
    let mut core = open(&shown.file, world)?;
    let Open { head, state, .. } = history::open_record(core.db(), record)?;
    let set = object(set)?;
    let text = Draft {
        k: Kind::Correct,
        t: TRAINING_SESSION,
        sv: SCHEMA_VERSION,
        id: record,
        unit: &UnitUid(state.unit),
        base: Some(head),
        set: Some(&set),
        reason: Some(reason),
        void: None,
        supersedes: &[],
        at,
    }
    .text();
    let authored = author(&mut core, &text)?;
    told(
        shown,
        &authored,
        "Đã đính chính. Từ nay chỉ cấp tương đương trở lên sửa được bản ghi này.",
    )
}

fn cases(shown: &Shown, unit: Option<&str>) -> Result<()> {
    let reader = open_reader(&shown.file)?;
    let units = directory::units(reader.db())?;
    let cases = history::cases(reader.db(), &units, unit)?;
    if shown.json {
        return say_json(&cases);
    }
    if cases.is_empty() {
        say("Không có việc nào chờ quyết định.");
    }
    cases.iter().for_each(|entry| say(&line(entry)));
    Ok(())
}

fn show_history(shown: &Shown, record: RecordId) -> Result<()> {
    let reader = open_reader(&shown.file)?;
    let history = history::history(reader.db(), record)?;
    if shown.json {
        return say_json(&history);
    }
    if history.is_empty() {
        return Err(Error::Refused(format!("Không có bản ghi “{record}”.")));
    }
    for entry in &history {
        say(&line(entry));
        if let Some(reason) = &entry.reason {
            say(&format!("    Lý do: {reason}"));
        }
        for (field, value) in &entry.set {
            say(&format!("    {field} = {value}"));
        }
    }
    Ok(())
}

fn line(entry: &Entry) -> String {
    let when = DateTime::from_timestamp(entry.arrived, 0).map(|at| at.format("%Y-%m-%d %H:%M").to_string());
    let code = entry
        .ruling
        .c
        .as_deref()
        .map(|code| format!(" {code}"))
        .unwrap_or_default();
    let words = entry
        .ruling
        .m
        .as_deref()
        .map(|words| format!(" “{words}”"))
        .unwrap_or_default();
    let closed = if entry.superseded.is_some() {
        " (đã giải quyết)"
    } else {
        ""
    };
    format!(
        "{:>6}  {}  {:<8} {}{code}{words}{closed}  {}  {} ({})  {}",
        entry.fseq,
        entry.op,
        entry.kind,
        entry.ruling.v.as_str(),
        entry.unit.as_deref().unwrap_or("–"),
        entry.user,
        entry.device,
        when.unwrap_or_default()
    )
}

/// The patch that makes `from` what `to` is.
fn difference(from: &Body, to: &Body) -> Map<String, Value> {
    let changed = to.iter().filter(|(key, value)| from.get(*key) != Some(*value));
    let gone = from.keys().filter(|key| !to.contains_key(*key));
    changed
        .map(|(key, value)| (key.clone(), value.clone()))
        .chain(gone.map(|key| (key.clone(), Value::Null)))
        .collect()
}

fn object(json: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(json).map_err(|error| Error::Refused(format!("“{json}” không phải JSON: {error}")))
}
