//! OpenDocument: `content.xml`, read here because the merged cells matter and repeated cells must not be multiplied.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::cell::{Address, Value};
use crate::error::Error;
use crate::excel::{iso_date, iso_time};
use crate::limits::{COLUMNS_MAX, ROWS_MAX};
use crate::workbook::{Gathering, Sheet, Workbook};
use crate::zipped;

pub(crate) fn read(bytes: &[u8]) -> Result<Workbook, Error> {
    let manifest = zipped::part(bytes, "META-INF/manifest.xml").unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(Error::Password);
    }
    content(&zipped::part(bytes, "content.xml")?)
}

/// The sheets of a `content.xml`, or of a flat `.fods`.
pub(crate) fn content(xml: &str) -> Result<Workbook, Error> {
    let mut at = Place::default();
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(|error| Error::Damaged(error.to_string()))? {
            Event::Start(element) => at.open(&element)?,
            Event::Empty(element) => {
                at.open(&element)?;
                at.close(element.name().as_ref())?;
            }
            Event::End(element) => at.close(element.name().as_ref())?,
            Event::Text(text) => at.write(&text.xml10_content()),
            Event::CData(text) => at.write(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let known = quick_xml::escape::resolve_predefined_entity(name.xml10_content().as_ref());
                match (name.resolve_char_ref(), known) {
                    (Ok(Some(c)), _) => at.write(c.encode_utf8(&mut [0; 4])),
                    (_, Some(text)) => at.write(text),
                    _ => {}
                }
            }
            Event::Eof => return at.all.done(),
            _ => {}
        }
    }
}

/// Where in the document the reader is.
#[derive(Default)]
struct Place {
    all: Gathering,
    sheet: Option<Sheet>,
    /// Font by name of a style; a face's name is not always its font's.
    fonts: HashMap<String, String>,
    faces: HashMap<String, String>,
    style: Option<String>,
    columns: Vec<(usize, Option<String>)>,
    row: usize,
    repeat_row: usize,
    column: usize,
    cell: Option<CellHere>,
    aside: usize,
}

struct CellHere {
    value: Option<Value>,
    text: String,
    paragraphs: usize,
    repeat: usize,
    span: (usize, usize),
    style: Option<String>,
}

impl Place {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), Error> {
        let name = element.name();
        let of = |key: &str| attribute(element, key);
        let number = |key: &str| of(key).and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).max(1);
        match name.as_ref() {
            "office:annotation" | "draw:frame" | "table:shapes" => self.aside += 1,
            "style:font-face" => {
                if let (Some(name), Some(family)) = (of("style:name"), of("svg:font-family")) {
                    self.faces.insert(name, family.trim_matches('\'').to_owned());
                }
            }
            "style:style" => self.style = of("style:name"),
            "style:text-properties" => {
                let face = of("style:font-name").map(|face| self.faces.get(&face).cloned().unwrap_or(face));
                if let (Some(style), Some(font)) = (&self.style, face.or_else(|| of("fo:font-family"))) {
                    self.fonts.insert(style.clone(), font);
                }
            }
            "table:table" if self.sheet.is_none() => {
                self.sheet = Some(Sheet::named(of("table:name").unwrap_or_default()));
                self.columns.clear();
                self.row = 0;
            }
            "table:table-column" => {
                let repeat = number("table:number-columns-repeated").min(COLUMNS_MAX);
                if self.columns.len() <= COLUMNS_MAX {
                    self.columns.push((repeat, of("table:default-cell-style-name")));
                }
            }
            "table:table-row" => {
                self.column = 0;
                self.repeat_row = number("table:number-rows-repeated");
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.cell = Some(CellHere {
                    value: typed(&of),
                    text: String::new(),
                    paragraphs: 0,
                    repeat: number("table:number-columns-repeated"),
                    span: (
                        number("table:number-rows-spanned"),
                        number("table:number-columns-spanned"),
                    ),
                    style: of("table:style-name"),
                });
            }
            "text:p" if self.aside == 0 => {
                if let Some(cell) = &mut self.cell {
                    cell.paragraphs += 1;
                    if cell.paragraphs > 1 {
                        cell.text.push('\n');
                    }
                }
            }
            "text:s" => {
                let spaces = " ".repeat(number("text:c").min(1_000));
                self.write(&spaces);
            }
            "text:tab" => self.write("\t"),
            "text:line-break" => self.write("\n"),
            _ => {}
        }
        Ok(())
    }

    fn write(&mut self, text: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|cell| self.aside == 0 && cell.paragraphs > 0) {
            cell.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Error> {
        match name {
            "office:annotation" | "draw:frame" | "table:shapes" => self.aside = self.aside.saturating_sub(1),
            "style:style" => self.style = None,
            "table:table-cell" | "table:covered-table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.put(cell)?;
                }
            }
            "table:table-row" => self.row = self.row.saturating_add(self.repeat_row),
            "table:table" => {
                if let Some(sheet) = self.sheet.take() {
                    self.all.take(sheet)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn put(&mut self, cell: CellHere) -> Result<(), Error> {
        let CellHere {
            value,
            text,
            paragraphs: _,
            repeat,
            span,
            style,
        } = cell;
        let value = match value {
            Some(value) => value,
            None if text.is_empty() => Value::Empty,
            None if text.starts_with('#') || text.starts_with("Err:") => Value::Error(text.into()),
            None => Value::Text(text.into()),
        };
        let first = self.column;
        self.column = first.saturating_add(repeat);
        let Some(sheet) = self.sheet.as_mut() else {
            return Ok(());
        };
        let here = Address {
            row: self.row,
            column: first,
        };
        if span != (1, 1) && here.row < ROWS_MAX && span.0 <= ROWS_MAX && span.1 <= COLUMNS_MAX {
            let last = Address {
                row: here.row + span.0 - 1,
                column: first + span.1 - 1,
            };
            sheet.merge(here, last);
        }
        if value == Value::Empty {
            return Ok(()); // Repeated a million times it is still nothing.
        }
        let style = style.or_else(|| column_style(&self.columns, first));
        let font = style.and_then(|style| self.fonts.get(&style));
        for row in 0..self.repeat_row {
            for column in first..self.column {
                let at = Address {
                    row: self.row.saturating_add(row),
                    column,
                };
                sheet.put(at, value.clone(), font.map(String::as_str))?;
            }
        }
        Ok(())
    }
}

fn column_style(columns: &[(usize, Option<String>)], column: usize) -> Option<String> {
    let mut before = 0;
    columns.iter().find_map(|(repeat, style)| {
        before += repeat;
        (column < before).then(|| style.clone())
    })?
}

/// The value a cell states; text is what it shows.
fn typed(of: &impl Fn(&str) -> Option<String>) -> Option<Value> {
    if of("calcext:value-type").is_some_and(|kind| kind == "error") {
        return None;
    }
    match of("office:value-type")?.as_str() {
        "float" | "percentage" | "currency" => of("office:value")?.parse().ok().map(Value::Number),
        "date" => of("office:date-value").map(|text| iso_date(&text)),
        "time" => of("office:time-value").map(|text| iso_time(&text)),
        "boolean" => of("office:boolean-value").map(|text| Value::Bool(text == "true")),
        _ => of("office:string-value").map(|text| Value::Text(text.into())),
    }
}

fn attribute(element: &BytesStart<'_>, key: &str) -> Option<String> {
    let found = element.try_get_attribute(key).ok()??;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}
