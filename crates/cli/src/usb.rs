use std::path::PathBuf;

use clap::{Args, Subcommand};
use hocvu_app::contract::{
    CarriedState, NoInput, SecondPlaceInput, SecondPlaceView, UsbExportInput, UsbExportView, UsbImportInput,
    UsbImportView, UsbOutcome, UsbReceiptsInput, UsbReceiptsView, UsbScope, UsbView,
};
use hocvu_app::{App, Salvage as Saving, SalvageReport, SystemKeys};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Failure, print};

/// USB và chat: xuất gói, nhập biên nhận, chuyển hộ gói của máy khác.
#[derive(Subcommand)]
pub enum Usb {
    /// Xuất gói đã niêm phong vào một thư mục (USB). Xuất chưa phải là đã gửi.
    Export(Export),
    /// Nhập biên nhận .hvr của máy này, hoặc nhận chuyển hộ gói .hvb của máy khác.
    Import(Import),
    /// Ghi biên nhận của các gói chuyển hộ vào một thư mục (USB) để đem trả.
    Receipts(Receipts),
    /// Xem các gói đã xuất, các gói chuyển hộ, nơi chép dự phòng.
    List(List),
    /// Đặt nơi chép dự phòng tự động; bỏ trống thư mục để tắt.
    SecondPlace(SecondPlace),
}

/// Xuất gói.
#[derive(Args)]
pub struct Export {
    /// Thư mục, ví dụ ổ USB.
    folder: PathBuf,
    /// Tất cả những gì máy này từng ghi.
    #[arg(long, conflicts_with = "since")]
    all: bool,
    /// Từ ngày này về sau: 22/11/2025 hoặc 22/11.
    #[arg(long)]
    since: Option<String>,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Nhập gói hoặc biên nhận.
#[derive(Args)]
pub struct Import {
    /// Một tệp, hoặc thư mục có các tệp .hvb và .hvr.
    path: PathBuf,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Ghi biên nhận để đem trả.
#[derive(Args)]
pub struct Receipts {
    /// Thư mục, ví dụ ổ USB.
    folder: PathBuf,
}

/// Xem gói.
#[derive(Args)]
pub struct List {
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Nơi chép dự phòng.
#[derive(Args)]
pub struct SecondPlace {
    /// Thư mục trên ổ khác.
    folder: Option<PathBuf>,
}

/// Cứu số liệu từ tệp bị hỏng: ghi những gì còn đọc được thành gói niêm phong. Không đụng đến tệp hỏng.
#[derive(Args)]
pub struct Salvage {
    /// Thư mục ghi gói, ví dụ ổ USB.
    to: PathBuf,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

impl Usb {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        match self {
            Self::Export(export) => export.run(app),
            Self::Import(import) => import.run(app),
            Self::Receipts(receipts) => receipts.run(app),
            Self::List(list) => list.run(app),
            Self::SecondPlace(place) => place.run(app),
        }
    }
}

impl Export {
    fn run(self, app: &App) -> Result<(), Failure> {
        let what = match self.since {
            Some(date) => UsbScope::Since { date },
            None if self.all => UsbScope::All,
            None => UsbScope::Unsent,
        };
        let folder = path(&self.folder);
        let view: UsbExportView = call(app, "usb.export", &UsbExportInput { folder, what })?;
        if self.json {
            print::json(&view);
        }
        match view {
            UsbExportView::Problem { problem } => Err(problem_said(&problem)),
            _ if self.json => Ok(()),
            UsbExportView::Nothing => {
                println!("Không có gì để xuất: máy chủ đã nhận hết.");
                Ok(())
            }
            UsbExportView::Done { files, operations } => {
                for file in &files {
                    println!("{} ({} byte)", file.name, file.size);
                }
                println!("Đã xuất {operations} thay đổi và đọc lại đủ. Rút USB được rồi. Xuất chưa phải là đã gửi.");
                Ok(())
            }
        }
    }
}

impl Import {
    fn run(self, app: &App) -> Result<(), Failure> {
        let input = UsbImportInput { path: path(&self.path) };
        let UsbImportView { files, problem } = call(app, "usb.import", &input)?;
        if self.json {
            print::json(&files);
        }
        if let Some(problem) = problem {
            return Err(problem_said(&problem));
        }
        let mut refused = 0;
        for file in &files {
            let said = match &file.outcome {
                UsbOutcome::Receipt { operations } => format!("biên nhận, máy chủ đã nhận thêm {operations} thay đổi."),
                UsbOutcome::Carried => "gói của máy khác, sẽ chuyển lên máy chủ khi có mạng.".to_owned(),
                UsbOutcome::Known => "đã nhận chuyển hộ từ trước.".to_owned(),
                UsbOutcome::Own => "gói của chính máy này, không cần nhập.".to_owned(),
                UsbOutcome::Problem { problem } => {
                    refused += 1;
                    print::said(&format!("usb_problem_{problem}"))
                }
            };
            if !self.json {
                println!("{}: {said}", file.name);
            }
        }
        if refused > 0 {
            return Err(Failure::Said(format!("{refused} tệp không nhận được.")));
        }
        if files.is_empty() && !self.json {
            println!("Không có tệp .hvb hoặc .hvr nào ở đây.");
        }
        Ok(())
    }
}

impl Receipts {
    fn run(self, app: &App) -> Result<(), Failure> {
        let input = UsbReceiptsInput {
            folder: path(&self.folder),
        };
        let UsbReceiptsView { files, problem } = call(app, "usb.receipts", &input)?;
        if let Some(problem) = problem {
            return Err(problem_said(&problem));
        }
        files.iter().for_each(|name| println!("{name}"));
        println!("Đã ghi {} biên nhận. Đem USB về máy đã xuất gói rồi nhập.", files.len());
        Ok(())
    }
}

impl List {
    fn run(self, app: &App) -> Result<(), Failure> {
        let view: UsbView = call(app, "usb.list", &NoInput {})?;
        if self.json {
            print::json(&view);
            return Ok(());
        }
        println!("Chưa gửi: {}", view.unsent);
        for export in &view.exports {
            let receipt = export.receipt_at.as_deref().unwrap_or("chưa có biên nhận");
            println!(
                "Đã xuất {}  {}  {} thay đổi  {receipt}",
                export.at, export.name, export.operations
            );
        }
        for carried in &view.carried {
            let state = match &carried.state {
                CarriedState::Waiting => "chờ mạng".to_owned(),
                CarriedState::Delivered => "máy chủ đã nhận".to_owned(),
                CarriedState::ReceiptHere => "có biên nhận để đem trả".to_owned(),
                CarriedState::Returned => "đã ghi biên nhận ra USB".to_owned(),
                CarriedState::Refused { problem } => print::said(&format!("usb_problem_{problem}")),
            };
            println!("Chuyển hộ {}  {} byte  {state}", &carried.id[..8], carried.size);
        }
        place(&view.second_place);
        Ok(())
    }
}

impl SecondPlace {
    fn run(self, app: &App) -> Result<(), Failure> {
        let folder = self.folder.as_ref().map(path);
        let view: SecondPlaceView = call(app, "usb.second_place", &SecondPlaceInput { folder })?;
        place(&view);
        Ok(())
    }
}

impl Salvage {
    /// Works without the app: the data file may not open.
    pub fn run(self, data: PathBuf) -> Result<(), Failure> {
        let Self { to, json } = self;
        let report = Saving { data, to }
            .run(&SystemKeys)?
            .map_err(|problem| problem_said(&problem))?;
        if json {
            print::json(&report);
            return Ok(());
        }
        let SalvageReport {
            files,
            in_frames,
            sealed_anew,
            lost,
        } = report;
        files.iter().for_each(|name| println!("{name}"));
        println!(
            "Cứu được {} thay đổi ({in_frames} trong gói đã ký, {sealed_anew} ký lại); {lost} chỗ không đọc được.",
            in_frames + sealed_anew
        );
        println!("Nộp các gói này cho máy chủ. Giữ nguyên tệp hỏng cho cán bộ hỗ trợ.");
        Ok(())
    }
}

fn place(view: &SecondPlaceView) {
    match &view.folder {
        None => println!("Nơi chép dự phòng: chưa đặt"),
        Some(folder) => println!(
            "Nơi chép dự phòng: {folder}, lần gần nhất {}",
            view.last_at.as_deref().unwrap_or("chưa có")
        ),
    }
    if let Some(problem) = &view.problem {
        println!("{}", print::said(&format!("usb_problem_{problem}")));
    }
}

fn path(path: &PathBuf) -> String {
    std::path::absolute(path)
        .unwrap_or_else(|_| path.clone())
        .display()
        .to_string()
}

fn problem_said(problem: &str) -> Failure {
    Failure::Said(print::said(&format!("usb_problem_{problem}")))
}

fn call<I: Serialize, O: DeserializeOwned>(app: &App, name: &str, input: &I) -> Result<O, Failure> {
    let input = serde_json::to_value(input).expect("plain data is always JSON");
    let output = app.call(name, input)?;
    serde_json::from_value(output).map_err(|error| Failure::Said(error.to_string()))
}
