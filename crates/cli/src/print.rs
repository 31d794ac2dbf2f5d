//! What is said to people and to scripts.

use std::collections::BTreeMap;

use hocvu_app::Error;
use hocvu_app::contract::{ErrorCode, FindingView, Severity};
use hocvu_model::Finding;
use hocvu_model::wording::{Locale, field, message, sentence};
use serde::Serialize;

/// One JSON document on standard output.
pub fn json(value: &impl Serialize) {
    println!("{}", serde_json::to_string(value).expect("plain data is always JSON"));
}

/// The message of the catalogue without values.
pub fn said(key: &str) -> String {
    message(Locale::Vi, key, &BTreeMap::new())
}

/// One finding as a line: field, then what is wrong and what to do.
pub fn finding(finding: &Finding) -> String {
    let mark = if finding.is_error() { "Lỗi" } else { "Lưu ý" };
    format!(
        "{mark} – {}: {}",
        field(Locale::Vi, &finding.path),
        sentence(Locale::Vi, finding)
    )
}

/// The same of a finding that came with an answer.
pub fn view(finding: &FindingView) -> String {
    let mark = if finding.severity == Severity::Error {
        "Lỗi"
    } else {
        "Lưu ý"
    };
    let code = format!("finding_{}", finding.code);
    format!(
        "{mark} – {}: {}",
        field(Locale::Vi, &finding.path),
        message(Locale::Vi, &code, &finding.params)
    )
}

/// Why a command was not done.
pub fn error(error: &Error) {
    if let Error::Invalid(findings) = error {
        findings.iter().for_each(|one| eprintln!("{}", finding(one)));
        return;
    }
    let sentence = match error.code() {
        ErrorCode::NotEnrolled => "Máy này chưa kích hoạt. Chạy: hocvu-cli enrol --code MÃ --centre ĐỊA-CHỈ".to_owned(),
        ErrorCode::NotAllowed => "Việc này cần quyền cán bộ xã, phường trở lên.".to_owned(),
        ErrorCode::NotFound => "Không tìm thấy bản ghi này trên máy.".to_owned(),
        ErrorCode::UpdateRequired => {
            "Số liệu do bản mới hơn tạo. Cài bản mới để mở; số liệu vẫn nguyên vẹn.".to_owned()
        }
        ErrorCode::Locked => {
            "Không có khóa mở được số liệu trong thư mục này. Đừng xóa gì; liên hệ cán bộ hỗ trợ.".to_owned()
        }
        ErrorCode::InUse => "Sổ đang mở ở cửa sổ khác. Đóng cửa sổ đó rồi chạy lại.".to_owned(),
        ErrorCode::Disk => format!("Không đọc ghi được ổ đĩa, chưa lưu gì: {error}"),
        ErrorCode::BadCall => error.to_string().trim_start_matches("bad call: ").to_owned(),
        ErrorCode::Invalid | ErrorCode::Internal => format!("Không mở hoặc ghi được số liệu: {error}"),
    };
    eprintln!("{sentence}");
}
