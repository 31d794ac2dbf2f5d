use clap::Args;
use hocvu_app::{App, EnrolNow};

use crate::{Failure, print};

/// Kích hoạt máy này bằng mã dùng một lần.
#[derive(Args)]
pub struct Enrol {
    /// Mã 10 chữ, dạng XXXXX-XXXXX.
    #[arg(long)]
    code: String,
    /// Địa chỉ máy chủ, ví dụ https://hocvu.vinhlong.gov.vn
    #[arg(long, env = "HOCVU_CENTRAL")]
    centre: String,
    /// Tên người dùng; để trống thì lấy tên ghi khi cấp mã.
    #[arg(long, default_value = "")]
    name: String,
}

impl Enrol {
    pub async fn run(self, app: &App) -> Result<(), Failure> {
        let Self { code, centre, name } = self;
        match (EnrolNow {
            code,
            centre,
            user: name,
        })
        .run(app)
        .await?
        {
            Ok(unit) => {
                println!("Đã kích hoạt cho {unit}.");
                Ok(())
            }
            Err(problem) => Err(Failure::Said(print::said(&format!("enrol_problem_{problem}")))),
        }
    }
}
