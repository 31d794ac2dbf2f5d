//! Workbooks people bring: any bytes are a workbook within the limits or an error; never a panic, never more memory.

use hocvu_sheets::limits::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, SHEETS_MAX};
use hocvu_sheets::{Address, Table, Value, open, write_xlsx};

/// Small real files, written by an office suite.
const XLS: &[u8] = include_bytes!("../seeds/small.xls");
const ODS: &[u8] = include_bytes!("../seeds/small.ods");
const XLSX: &[u8] = include_bytes!("../seeds/small.xlsx");

pub(crate) fn run(data: &[u8]) {
    let Ok(book) = open(data) else { return };
    assert!((1..=SHEETS_MAX).contains(&book.sheets.len()), "a workbook has sheets");
    let mut cells = 0;
    for sheet in &book.sheets {
        assert!(
            sheet.height() <= ROWS_MAX && sheet.width() <= COLUMNS_MAX,
            "within the limits"
        );
        cells += sheet.width().min(1) * sheet.height();
        for area in sheet.merged() {
            assert!(area.first.row <= area.last.row && area.first.column <= area.last.column);
        }
        let corner = Address {
            row: sheet.height() - 1,
            column: 0,
        };
        let _ = (sheet.spread(corner).value.to_string(), sheet.font(sheet.cell(corner)));
        let _ = corner.to_string();
    }
    assert!(cells <= CELLS_MAX);
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let table = Table {
        name: "Dòng lỗi".into(),
        header: vec!["Ngày".into(), "Lý do".into()],
        rows: vec![vec![Value::Number(1.234), Value::Text("=1+1".into())]],
    };
    let text = "sep=;\nNgày;Ấp\n22/11/2025;\"Hòa; Thuận\"\n";
    vec![
        XLS.to_vec(),
        ODS.to_vec(),
        XLSX.to_vec(),
        write_xlsx(&table).expect("small"),
        text.as_bytes().to_vec(),
        [
            b"\xff\xfe".to_vec(),
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ]
        .concat(),
        b"a,b\nNg\xb5y,\xea\n".to_vec(),
    ]
}
