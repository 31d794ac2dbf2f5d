//! Commands that only read.

use std::process::ExitCode;

use hocvu_model::input::integer;
use hocvu_model::period::ReportMonth;
use hocvu_model::unit::{Boundaries, Unit};
use hocvu_model::wording::{Locale, sentence};
use serde_json::Value;

use super::{Shown, open_reader, say, say_json};
use crate::directory;
use crate::error::{Error, Result};
use crate::figures::{self, Sums};
use crate::{lists, verify as proof};

pub(super) fn units(shown: &Shown, under: Option<&str>) -> Result<()> {
    let reader = open_reader(&shown.file)?;
    let book = directory::units(reader.db())?;
    let mut units: Vec<&Unit> = book
        .iter()
        .filter(|unit| under.is_none_or(|under| book.is_within(unit.uid.as_str(), under, Boundaries::AsIsNow)))
        .collect();
    units.sort_by(|a, b| {
        a.level
            .cmp(&b.level)
            .then_with(|| hocvu_model::text::compare(&a.name, &b.name))
    });
    if shown.json {
        return say_json(&units);
    }
    for unit in units {
        let closed = unit.valid_to.map(|day| format!(" (đến {day})")).unwrap_or_default();
        say(&format!(
            "{:<44} {:<10} {}{closed}",
            unit.uid.as_str(),
            unit.level.as_str(),
            unit.name
        ));
    }
    Ok(())
}

pub(super) fn devices(shown: &Shown) -> Result<()> {
    let reader = open_reader(&shown.file)?;
    let devices = lists::devices(reader.db())?;
    if shown.json {
        return say_json(&devices);
    }
    for device in devices {
        let state = if device.revoked_at.is_some() {
            "đã thu hồi"
        } else {
            "đang dùng"
        };
        say(&format!(
            "{}  {}  {}  {} thao tác  {state}",
            device.id,
            device.user_name,
            device.units.join(" "),
            number(device.operations)
        ));
    }
    Ok(())
}

pub(super) fn figures(shown: &Shown, unit: &str, month: Option<&str>, boundaries: Boundaries) -> Result<()> {
    let window = match month {
        None => None,
        Some(label) => Some(
            ReportMonth::parse(label)
                .ok_or_else(|| Error::Refused(format!("“{label}” không phải tháng, ví dụ 2025-11.")))?
                .window(),
        ),
    };
    let reader = open_reader(&shown.file)?;
    let units = directory::units(reader.db())?;
    let figures = figures::figures(reader.db(), &units, unit, window, boundaries)?;
    if shown.json {
        return say_json(&figures);
    }
    let period = match (month, window) {
        (Some(label), Some((first, last))) => format!("tháng báo cáo {label} ({first} – {last})"),
        _ => "từ trước đến nay".to_owned(),
    };
    say(&format!("{} ({}), {period}", figures.name, figures.unit));
    say(&line("Tất cả", &figures.total));
    for (group, sums) in &figures.groups {
        say(&line(group, sums));
    }
    Ok(())
}

pub(super) fn receipt(shown: &Shown, log: &str) -> Result<()> {
    let log = log
        .parse()
        .map_err(|_| Error::Refused(format!("“{log}” không phải mã sổ (32 chữ số 0–9, a–f).")))?;
    let reader = open_reader(&shown.file)?;
    let receipt = lists::log_receipt(reader.db(), log)?;
    if shown.json {
        return say_json(&receipt);
    }
    say(&format!(
        "Sổ {} của máy {}: {} thao tác",
        receipt.log,
        receipt.device,
        receipt.operations.len()
    ));
    say(&format!("Dấu tổng: {}", receipt.digest));
    for operation in &receipt.operations {
        let ruling = &operation.ruling;
        let code = ruling.c.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
        say(&format!(
            "{:>6}  {}  {}{code}",
            operation.seq,
            operation.receipt,
            ruling.v.as_str()
        ));
        for finding in &ruling.f {
            say(&format!("        {}", sentence(Locale::Vi, finding)));
        }
    }
    Ok(())
}

pub(super) fn sessions(shown: &Shown, unit: &str) -> Result<()> {
    let reader = open_reader(&shown.file)?;
    let units = directory::units(reader.db())?;
    let sessions = lists::sessions(reader.db(), &units, unit)?;
    if shown.json {
        return say_json(&sessions);
    }
    for session in sessions {
        let text = |key: &str| {
            session
                .body
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let attended: i64 = session
            .body
            .get("counts")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|line| line.get("attended").and_then(Value::as_i64))
            .sum();
        let void = if session.void { "  (đã hủy)" } else { "" };
        let branches = if session.branches > 0 {
            "  (có bản khác chờ xem)"
        } else {
            ""
        };
        say(&format!(
            "{}  {}  {:<12}  {} lượt  {}{void}{branches}",
            text("date"),
            session.unit,
            text("form"),
            number(attended),
            session.id
        ));
    }
    Ok(())
}

pub(super) fn held(shown: &Shown) -> Result<()> {
    let reader = open_reader(&shown.file)?;
    let held = lists::held(reader.db())?;
    if shown.json {
        return say_json(&held);
    }
    if held.is_empty() {
        say("Không có việc nào đang chờ.");
    }
    for row in held {
        say(&format!(
            "{}  {}  {}  {}  {}",
            row.fseq,
            row.id,
            row.device,
            row.ruling.c.unwrap_or_default(),
            row.cause.unwrap_or_default()
        ));
    }
    Ok(())
}

pub(super) fn verify(shown: &Shown) -> Result<ExitCode> {
    let reader = open_reader(&shown.file)?;
    let proof::Verified {
        frames,
        operations,
        records,
        figures,
        acts,
        photos,
        photos_awaited,
        faults,
    } = &proof::verify(reader.db())?;
    if shown.json {
        say_json(&serde_json::json!({
            "frames": frames, "operations": operations, "records": records, "figures": figures, "acts": acts,
            "photos": photos, "photos_awaited": photos_awaited, "faults": faults,
        }))?;
    } else {
        say(&format!(
            "{frames} gói có chữ ký, {operations} thao tác, {records} bản ghi, {figures} số tổng hợp, {acts} việc quản trị, {photos} ảnh (còn chờ {photos_awaited})."
        ));
        faults.iter().for_each(|fault| say(&format!("SAI: {fault}")));
        if faults.is_empty() {
            say("Mọi thứ khớp.");
        }
    }
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn line(label: &str, sums: &Sums) -> String {
    format!(
        "{label:<24} {:>8} buổi {:>10} lượt {:>10} nữ {:>10} lần đầu {:>10} đạt",
        number(sums.sessions),
        number(sums.attended),
        number(sums.female),
        number(sums.first_time),
        number(sums.completed)
    )
}

fn number(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", integer::format(value.unsigned_abs()))
}
