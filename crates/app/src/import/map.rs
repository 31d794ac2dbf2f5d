//! What the header seems to say and what a person must decide, for the screen; and what they decided, read back.

use std::collections::BTreeMap;

use hocvu_model::legacy::Legacy;
use hocvu_model::{RecordId, input::integer};
use hocvu_sheets::{Address, Sheet, Value, column_name};

use super::cells::{Choices, Reader, converted};
use super::columns::{self, Column, Reading, TableKind};
use super::commands::{kind_of, number, sheet_of};
use super::dates::{DateOrder, Evidence};
use super::desk::{Opened, legacy_of, texts};
use super::header::{self, Mapping, Source, first_row, shown, title};
use super::judge::{Fate, Judge};
use super::run::{Report, Wanted, date_evidence, date_order, pass};
use crate::App;
use crate::contract::{
    ImportCode, ImportColumn, ImportConverted, ImportField, ImportLegacy, ImportMapView, ImportPreview, ImportRow,
    ImportSource, ImportThousands, ImportWanted,
};
use crate::error::Result;

/// Rows shown to choose the header among, and records of a preview.
const ROWS_SHOWN: usize = 12;
/// Cells shown of a column, and of a conversion.
const SAMPLES: usize = 3;
const CONVERTED: usize = 3;

/// What a screen wants, with what it left open guessed.
pub fn wanted(app: &App, opened: &Opened, input: &ImportWanted) -> Result<Wanted> {
    let ImportWanted {
        kind,
        sheet,
        header,
        columns,
        dates,
        legacy,
        thousands,
        update,
    } = input;
    let kind = kind_of(kind)?;
    let mut wanted = Wanted {
        kind,
        sheet: *sheet as usize,
        mapping: Mapping::default(),
        choices: Choices {
            dates: dates.as_deref().and_then(DateOrder::parse),
            legacy: legacy.as_deref().and_then(Legacy::parse),
            thousands: thousands.clone(),
        },
        update: *update,
    };
    let sheet = sheet_of(opened, &wanted)?;
    // A header in legacy text is read as such, whatever is decided of the rows.
    let way = wanted.choices.legacy.or_else(|| legacy_of(sheet));
    wanted.mapping = match header {
        Some(row) => header::columns(sheet, kind, (*row as usize).saturating_sub(1), way),
        None => header::guess(sheet, kind, way),
    };
    if let Some(columns) = columns {
        wanted.mapping.sources = columns.iter().filter_map(source).collect();
    } else if let Some(sources) = remembered(app, sheet, &wanted)? {
        wanted.mapping.sources = sources;
    }
    if columns.is_none() && kind == TableKind::Session && !wanted.mapping.sources.contains_key("unit") {
        // A hamlet's own table rarely names the hamlet.
        if let Some(own) = app.store().read(|read| read.identity())? {
            wanted
                .mapping
                .sources
                .insert("unit".into(), Source::Fixed(own.unit.to_string()));
        }
    }
    Ok(wanted)
}

/// The screen of the second, third and fourth question.
pub fn view(app: &App, opened: &Opened, input: &ImportWanted) -> Result<ImportMapView> {
    let wanted = wanted(app, opened, input)?;
    let sheet = sheet_of(opened, &wanted)?;
    let found = legacy_of(sheet);
    let way = wanted.choices.legacy.or(found);
    let header = wanted.mapping.header;
    let below = first_row(sheet, header)..sheet.height();
    let sheet_columns = (0..sheet.width()).map(|column| {
        let cells = below.clone().map(|row| Address { row, column });
        let filled = cells.map(|at| shown(sheet, at, way)).filter(|text| !text.is_empty());
        ImportColumn {
            name: column_name(column),
            title: title(sheet, header, column, way),
            samples: filled.take(SAMPLES).collect(),
        }
    });
    let top = (0..sheet.height().min(ROWS_SHOWN.max(header + 3))).map(|row| ImportRow {
        number: number(row + 1),
        cells: (0..sheet.width())
            .map(|column| shown(sheet, Address { row, column }, way))
            .collect(),
    });
    Ok(ImportMapView {
        header: number(header + 1),
        top: top.collect(),
        columns: sheet_columns.collect(),
        fields: wanted
            .kind
            .columns()
            .iter()
            .map(|column| field(app, &wanted, column))
            .collect(),
        missing: super::missing(&wanted),
        remembered: input.columns.is_none() && remembered(app, sheet, &wanted)?.is_some(),
        legacy: found.map(|way| ImportLegacy {
            way: way.as_str().to_owned(),
            samples: samples(sheet, way),
        }),
        dates: date_order(opened, &wanted).as_str().to_owned(),
        dates_ask: date_evidence(opened, &wanted) == Evidence::Either,
        thousands: wanted
            .kind
            .columns()
            .iter()
            .filter_map(|column| thousands(sheet, &wanted, column))
            .collect(),
    })
}

/// Checks the table, and shows the first records as they would be.
pub fn check(app: &App, opened: &Opened, wanted: &Wanted) -> Result<(Report, Vec<ImportPreview>)> {
    let sheet = sheet_of(opened, wanted)?;
    let units = app.units();
    let order = date_order(opened, wanted);
    let reader = Reader::new(sheet, wanted.kind, &wanted.mapping, &wanted.choices, order, &units);
    let mapped = |at: &usize| wanted.mapping.sources.contains_key(&reader.column(*at).field);
    let shown: Vec<usize> = (0..reader.width()).filter(mapped).collect();
    let mut judge = Judge::new(app, wanted.update);
    let mut records = Vec::new();
    let last = first_row(sheet, wanted.mapping.header) + ROWS_SHOWN;
    let report = app.store().read(|read| {
        pass(app, &mut judge, read, opened, wanted, &|_| {}, |seen| {
            for row in seen.candidate.rows.iter().filter(|row| **row < last) {
                let cells = shown
                    .iter()
                    .map(|at| readable(app, reader.column(*at), reader.text(*at, *row).0.into_owned()));
                records.push(ImportPreview {
                    line: number(row + 1),
                    fate: fate(seen.judged.fate).to_owned(),
                    cells: cells.collect(),
                });
            }
            Ok(())
        })
    })?;
    Ok((report, records))
}

/// A table with this header is read so the next time.
pub fn remember(app: &App, opened: &Opened, wanted: &Wanted) -> Result<()> {
    let sheet = sheet_of(opened, wanted)?;
    let kept: BTreeMap<&String, (Option<usize>, &str)> = wanted
        .mapping
        .sources
        .iter()
        .map(|(field, source)| match source {
            Source::Column(column) => (field, (Some(*column), "")),
            Source::Fixed(text) => (field, (None, text.as_str())),
        })
        .collect();
    let text = serde_json::to_string(&kept).unwrap_or_default();
    app.store().write(|tx| tx.put_setting(&setting(sheet, wanted), &text))?;
    Ok(())
}

fn remembered(app: &App, sheet: &Sheet, wanted: &Wanted) -> Result<Option<BTreeMap<String, Source>>> {
    let text = app.store().read(|read| read.setting(&setting(sheet, wanted)))?;
    let kept: Option<BTreeMap<String, (Option<usize>, String)>> =
        text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(kept.map(|kept| {
        let source = |(column, text): (Option<usize>, String)| column.map_or(Source::Fixed(text), Source::Column);
        kept.into_iter().map(|(field, from)| (field, source(from))).collect()
    }))
}

/// A header is known again by its titles.
fn setting(sheet: &Sheet, wanted: &Wanted) -> String {
    let titles = (0..sheet.width()).map(|column| title(sheet, wanted.mapping.header, column, None));
    let key = titles.collect::<Vec<_>>().join("\u{1f}");
    format!("import.columns.{}", RecordId::natural("", wanted.kind.as_str(), &key))
}

fn source(source: &ImportSource) -> Option<(String, Source)> {
    let from = match source.column {
        Some(column) => Source::Column(column as usize),
        None if source.fixed.trim().is_empty() => return None,
        None => Source::Fixed(source.fixed.trim().to_owned()),
    };
    Some((source.field.clone(), from))
}

fn field(app: &App, wanted: &Wanted, column: &Column) -> ImportField {
    let (place, fixed) = match wanted.mapping.sources.get(&column.field) {
        Some(Source::Column(at)) => (Some(number(*at)), String::new()),
        Some(Source::Fixed(text)) => (None, text.clone()),
        None => (None, String::new()),
    };
    let list = column.list.as_deref().unwrap_or_default();
    let units = app.units();
    // A unit that stands for every row is read by its name.
    let unit = units.get(&fixed).filter(|_| column.kind == Reading::Unit);
    let unit = unit.map(|unit| (unit.uid.to_string(), unit.name.clone()));
    let codes = columns::labels(list)
        .into_iter()
        .map(|(code, label)| (code.to_owned(), label));
    ImportField {
        field: column.field.clone(),
        label: column.label(),
        required: column.required,
        column: place,
        fixed,
        codes: codes
            .chain(unit)
            .map(|(code, label)| ImportCode { code, label })
            .collect(),
    }
}

fn samples(sheet: &Sheet, way: Legacy) -> Vec<ImportConverted> {
    let changed = texts(sheet).filter_map(|(at, before)| {
        let after = converted(sheet, sheet.cell(at), before, Some(way));
        (after != before).then(|| ImportConverted {
            address: at.to_string(),
            before: before.to_owned(),
            after: after.into_owned(),
        })
    });
    changed.take(CONVERTED).collect()
}

/// Cells of a column of counts with exactly three decimals.
fn thousands(sheet: &Sheet, wanted: &Wanted, column: &Column) -> Option<ImportThousands> {
    let Some(Source::Column(at)) = wanted
        .mapping
        .sources
        .get(&column.field)
        .filter(|_| column.kind == Reading::Count)
    else {
        return None;
    };
    let cells = (first_row(sheet, wanted.mapping.header)..sheet.height()).map(|row| Address { row, column: *at });
    let mut found = cells.filter_map(|at| match sheet.cell(at).value {
        Value::Number(number) if is_thousand(number) => Some((at, number)),
        _ => None,
    });
    let (first, value) = found.next()?;
    let meant = (value.abs() * 1_000.0).round() as u64;
    Some(ImportThousands {
        field: column.field.clone(),
        label: column.label(),
        cells: number(found.count() + 1),
        address: first.to_string(),
        value: value.to_string().replace('.', ","),
        meant: integer::format(meant),
    })
}

fn is_thousand(number: f64) -> bool {
    let whole = |value: f64| (value - value.round()).abs() < 1e-6;
    whole(number * 1_000.0) && !whole(number * 100.0)
}

/// Codes as their labels and uids as names.
fn readable(app: &App, column: &Column, text: String) -> String {
    match (&column.list, column.kind) {
        (Some(list), _) => {
            let labels = text.split(';').map(|code| columns::label_of(list, code));
            labels.collect::<Vec<_>>().join("; ")
        }
        (None, Reading::Unit) => app.units().get(&text).map_or(text.clone(), |unit| unit.name.clone()),
        _ => text,
    }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Add => "add",
        Fate::Restore => "restore",
        Fate::Change => "change",
        Fate::Same => "same",
        Fate::Refused => "refused",
    }
}
