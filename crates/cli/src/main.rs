//! `hocvu-cli`: the use cases of the desktop app without a window, for scripts, offices and tests.
//!
//! Exit status: 0 done, 1 not done (the reason is on standard error, in Vietnamese), 2 wrong words on the command line.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks by printing"
)]

mod ask;
mod conflict;
mod enrol;
mod import;
mod office;
mod photo;
mod place;
#[cfg(feature = "planted")]
mod planted;
mod print;
mod progress;
mod record;
mod session;
mod sync;
mod unit;
mod usb;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use hocvu_app::{App, Error, Setup, SystemKeys};

/// See its line in the workspace's manifest.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sổ Học Vụ Số trên dòng lệnh: ghi buổi, nhập tệp, gửi về máy chủ, xem biên nhận.
#[derive(Parser)]
#[command(name = "hocvu-cli", version)]
struct Arguments {
    /// Thư mục số liệu (tạo mới nếu chưa có).
    #[arg(long, env = "HOCVU_DATA", global = true, default_value = "hocvu-data")]
    data: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Kích hoạt máy này bằng mã dùng một lần.
    Enrol(enrol::Enrol),
    /// Ghi, xem và nhập buổi học.
    #[command(subcommand)]
    Session(session::Session),
    /// Mức phủ (số đạt / sĩ số) của trường, ấp, cơ quan.
    #[command(subcommand)]
    Coverage(record::Records),
    /// Mẫu số: tổng số người, cơ sở, nguồn, số loại trừ.
    #[command(subcommand)]
    Population(record::Records),
    /// Tổ công nghệ số cộng đồng.
    #[command(subcommand)]
    Team(record::Records),
    /// Mọi loại bản ghi: lịch sử, hủy, khôi phục.
    #[command(subcommand)]
    Record(record::AnyRecord),
    /// Nhập bảng tính thành buổi, mức phủ, mẫu số, đơn vị; hoàn tác một lần nhập.
    Import(Box<import::Import>),
    /// Tiến độ theo kế hoạch: từng chỉ tiêu của một đơn vị.
    Progress(progress::Progress),
    /// Gửi những gì đang chờ và lấy thay đổi về.
    Sync(sync::Sync),
    /// Tình trạng: đang chờ, đã có biên nhận, cần xem lại.
    Status(sync::Status),
    /// Biên nhận của máy này: máy chủ đang giữ những gì.
    Receipt(sync::Receipt),
    /// Hai bản khác nhau của một buổi: xem, chọn, tách.
    #[command(subcommand)]
    Conflict(conflict::Conflict),
    /// Lịch sử của một buổi: mọi bản, ai chọn, vì sao.
    History(conflict::History),
    /// Việc của cán bộ xã, phường trở lên.
    #[command(subcommand)]
    Office(office::Office),
    /// Đơn vị: ấp, trường, cơ quan; tạo, sửa, nhập từ tệp, sáp nhập, chia tách.
    #[command(subcommand)]
    Unit(unit::Unit),
    /// USB và chat: xuất gói, nhập biên nhận, chuyển hộ gói của máy khác.
    #[command(subcommand)]
    Usb(usb::Usb),
    /// Cứu số liệu từ tệp bị hỏng thành gói niêm phong.
    Salvage(usb::Salvage),
}

/// Why a command line was not done.
enum Failure {
    App(Error),
    /// A sentence to be shown as it is.
    Said(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HOCVU_LOG").unwrap_or_else(|_| "error".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let Arguments { data, what } = Arguments::parse();
    match run(data, what) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Said(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
        Err(Failure::App(error)) => {
            print::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(data: PathBuf, what: What) -> Result<(), Failure> {
    std::fs::create_dir_all(&data)
        .map_err(|error| Failure::Said(format!("Không tạo được thư mục {}: {error}", data.display())))?;
    if let What::Salvage(salvage) = what {
        return salvage.run(data);
    }
    let setup = Setup {
        folder: data,
        centre: String::new(),
        announcer: Arc::new(|_| {}),
    };
    let app = App::open(setup, &SystemKeys)?;
    match what {
        What::Enrol(enrol) => wait(enrol.run(&app)),
        What::Session(session) => session.run(&app),
        What::Coverage(records) => records.run("coverage", &app),
        What::Population(records) => records.run("population", &app),
        What::Team(records) => records.run("team", &app),
        What::Record(record) => record.run(&app),
        What::Import(import) => import.run(&app),
        What::Progress(progress) => progress.run(&app),
        What::Sync(sync) => wait(sync.run(&app)),
        What::Status(status) => status.run(&app),
        What::Receipt(receipt) => receipt.run(&app),
        What::Conflict(conflict) => conflict.run(&app),
        What::History(history) => history.run(&app),
        What::Office(office) => office.run(&app),
        What::Unit(unit) => unit.run(&app),
        What::Usb(usb) => usb.run(&app),
        What::Salvage(_) => Ok(()), // Done above, without the app.
    }
}

fn wait(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Said(format!("Hệ điều hành từ chối: {error}")))?;
    runtime.block_on(work)
}
