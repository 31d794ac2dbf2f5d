//! Real spreadsheets, written by LibreOffice from a table under the test's control: merged cells, fonts, dates, the 1904 epoch.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::trouble::{Outcome, Trouble};

/// One cell of a flat OpenDocument sheet.
pub enum Put {
    /// Nothing, also what a merged cell covers.
    Nothing,
    /// Text.
    Text(String),
    /// Text in the font `.VnTime`.
    Old(String),
    /// Text over so many rows and columns.
    Merged(&'static str, usize, usize),
    /// A number.
    Number(f64),
    /// A day, ISO, stored as a serial number.
    Day(String),
}

/// The sheet as a `.fods`; `epoch` is the day its workbook counts from, ISO.
pub fn flat_sheet(name: &str, epoch: &str, rows: &[Vec<Put>]) -> String {
    let mut out = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles>
<number:date-style style:name="N1" number:language="vi" number:country="VN"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="old" style:family="table-cell"><style:text-properties fo:font-family="'.VnTime'"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet>
<table:calculation-settings><table:null-date table:date-value="{epoch}"/></table:calculation-settings>
<table:table table:name="{name}">
"#
    );
    for row in rows {
        out.push_str("<table:table-row>");
        row.iter().for_each(|cell| put(&mut out, cell));
        out.push_str("</table:table-row>\n");
    }
    out.push_str("</table:table></office:spreadsheet></office:body></office:document>\n");
    out
}

fn put(out: &mut String, cell: &Put) {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let written = match cell {
        Put::Nothing => write!(out, "<table:table-cell/>"),
        Put::Text(text) => {
            let text = escaped(text);
            write!(
                out,
                r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
            )
        }
        Put::Old(text) => {
            let text = escaped(text);
            write!(
                out,
                r#"<table:table-cell table:style-name="old" office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
            )
        }
        Put::Merged(text, rows, columns) => write!(
            out,
            r#"<table:table-cell office:value-type="string" table:number-rows-spanned="{rows}" table:number-columns-spanned="{columns}"><text:p>{text}</text:p></table:table-cell>"#
        ),
        Put::Number(number) => write!(
            out,
            r#"<table:table-cell office:value-type="float" office:value="{number}"><text:p>{number}</text:p></table:table-cell>"#
        ),
        Put::Day(day) => write!(
            out,
            r#"<table:table-cell table:style-name="day" office:value-type="date" office:date-value="{day}"><text:p>{day}</text:p></table:table-cell>"#
        ),
    };
    written.expect("memory");
}

/// Has LibreOffice write the flat sheet as `.xls`, `.xlsx`, `.ods` or `.csv` (UTF-8, as shown).
pub fn convert(folder: &Path, flat: &str, format: &str) -> Outcome<PathBuf> {
    let source = folder.join("bang.fods");
    std::fs::write(&source, flat)?;
    let target = match format {
        "csv" => "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true".to_owned(),
        other => other.to_owned(),
    };
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let output = Command::new("soffice")
        .args(["--headless", &profile, "--convert-to", &target, "--outdir"])
        .arg(folder)
        .arg(&source)
        .output()
        .map_err(|error| Trouble(format!("LibreOffice is installed (package libreoffice-calc): {error}")))?;
    let made = folder.join(format!("bang.{format}"));
    if output.status.success() && made.exists() {
        return Ok(made);
    }
    Err(Trouble(format!("soffice: {}", String::from_utf8_lossy(&output.stderr))))
}
