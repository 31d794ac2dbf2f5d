use clap::Args;
use hocvu_app::contract::{NoInput, ReceiptView, SyncStatus};
use hocvu_app::{App, SyncOnce};

use crate::{Failure, print};

/// Gửi những gì đang chờ và lấy thay đổi về.
#[derive(Args)]
pub struct Sync {
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

impl Sync {
    pub async fn run(self, app: &App) -> Result<(), Failure> {
        let outcome = SyncOnce.run(app).await?;
        let status = status(app)?;
        if self.json {
            print::json(&status);
        } else if let Ok(report) = &outcome {
            println!(
                "Máy chủ vừa nhận {} thay đổi, lấy về {}. {} đã có biên nhận, {} còn chờ, {} cần xem lại.",
                report.confirmed, report.pulled, status.sent, status.waiting, status.refused
            );
        }
        outcome
            .map(|_| ())
            .map_err(|problem| Failure::Said(print::said(&format!("sync_problem_{problem}"))))
    }
}

/// Tình trạng của máy này.
#[derive(Args)]
pub struct Status {
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

impl Status {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        if self.json {
            let state = app.call("app.state", serde_json::json!({}))?;
            print::json(&state);
            return Ok(());
        }
        let status = status(app)?;
        println!("Chờ gửi: {}", status.waiting);
        println!("Máy chủ đã nhận: {}", status.sent);
        println!("Cần xem lại: {}", status.refused);
        println!(
            "Lần gửi xong gần nhất: {}",
            status.last_success.as_deref().unwrap_or("chưa có")
        );
        Ok(())
    }
}

/// Biên nhận của máy này.
#[derive(Args)]
pub struct Receipt {
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

impl Receipt {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        let receipt: ReceiptView = read(app, "sync.receipt")?;
        if self.json {
            print::json(&receipt);
            return Ok(());
        }
        let ReceiptView {
            unit_name,
            operations,
            sessions,
            attended,
            waiting,
            digest,
            latest,
            at,
        } = receipt;
        println!("BIÊN NHẬN – {unit_name}");
        println!("Máy chủ đã nhận {operations} thay đổi: {sessions} buổi, {attended} lượt người.");
        println!(
            "Biên nhận mới nhất: {} ({})",
            latest.as_deref().unwrap_or("–"),
            at.as_deref().unwrap_or("–")
        );
        println!("Còn chờ gửi: {waiting}");
        println!("Mã kiểm: {digest}");
        Ok(())
    }
}

fn status(app: &App) -> Result<SyncStatus, Failure> {
    read(app, "sync.status")
}

fn read<T: serde::de::DeserializeOwned>(app: &App, name: &str) -> Result<T, Failure> {
    let value = app.call(
        name,
        serde_json::to_value(NoInput {}).expect("plain data is always JSON"),
    )?;
    serde_json::from_value(value).map_err(|error| Failure::Said(error.to_string()))
}
