//! The command line of the centre: plain Vietnamese for people, JSON for scripts.

mod acts;
mod bundle;
mod mirror;
mod office;
mod progress;
mod restore;
mod serve;
mod show;
mod units;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use hocvu_model::unit::{Boundaries, SuccessionKind};

use crate::desk::Core;
use crate::error::{Error, Result};
use crate::feed::Reader;
use crate::world::World;

/// Who acts, in the audit: whoever may run commands on this machine.
const ACTOR: &str = "cli";
/// Deployment of a new database when none is named.
const DEPLOYMENT: &str = "vinh-long";

/// Máy chủ trung tâm của Sổ Học Vụ Số.
#[derive(Parser)]
#[command(name = "hocvu-central", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct File {
    /// Tệp cơ sở dữ liệu.
    #[arg(long, env = "HOCVU_CENTRAL_DB")]
    db: PathBuf,
}

#[derive(Args)]
struct Shown {
    #[command(flatten)]
    file: File,
    /// In ra JSON cho chương trình khác đọc.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Tạo tệp cơ sở dữ liệu mới.
    Init {
        #[command(flatten)]
        file: File,
        /// Tên đợt triển khai, có trong mọi gói gửi.
        #[arg(long, default_value = DEPLOYMENT)]
        deployment: String,
        /// Thư mục ghi khóa gốc và khóa dự phòng, ví dụ trên USB; không đặt thì cạnh tệp cơ sở dữ liệu.
        #[arg(long)]
        keys: Option<PathBuf>,
    },
    /// Chạy máy chủ.
    Serve(serve::Serve),
    /// Tạo mã ghi danh một lần; mã chỉ hiện lúc này.
    EnrolCode {
        #[command(flatten)]
        shown: Shown,
        /// Mã đơn vị.
        #[arg(long)]
        unit: String,
        /// Vai trò: team, school, commune, area, province.
        #[arg(long)]
        role: Option<String>,
        /// Tên người dùng.
        #[arg(long)]
        name: Option<String>,
        /// Số ngày còn dùng được.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
    },
    /// Đơn vị: thêm, xem.
    #[command(subcommand)]
    Unit(UnitCommand),
    /// Máy đã ghi danh: xem, thu hồi.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Số liệu của một đơn vị.
    Figures {
        #[command(flatten)]
        shown: Shown,
        /// Mã đơn vị.
        #[arg(long)]
        unit: String,
        /// Tháng báo cáo (ngày 15 tháng trước đến ngày 14), ví dụ 2025-11.
        #[arg(long)]
        month: Option<String>,
        /// Theo ranh giới nào.
        #[arg(long, value_enum, default_value_t = Bounds::AsIsNow)]
        boundaries: Bounds,
    },
    /// Tiến độ theo kế hoạch: từng chỉ tiêu của một đơn vị.
    Progress(progress::Progress),
    /// Biên nhận của một sổ.
    Receipt {
        #[command(flatten)]
        shown: Shown,
        /// Mã sổ, 32 chữ số.
        #[arg(long)]
        log: String,
    },
    /// Các buổi của một đơn vị.
    Sessions {
        #[command(flatten)]
        shown: Shown,
        /// Mã đơn vị.
        #[arg(long)]
        unit: String,
    },
    /// Việc đang chờ.
    #[command(subcommand)]
    Held(HeldCommand),
    /// Gói .hvb: nhận, xem phần đầu.
    #[command(subcommand)]
    Bundle(bundle::BundleCommand),
    /// Khóa của máy chủ: xem, đổi.
    #[command(subcommand)]
    Keys(bundle::KeysCommand),
    #[command(flatten)]
    Office(office::OfficeCommand),
    /// Kiểm tra toàn bộ tệp: chữ ký, số liệu, nhật ký.
    Verify {
        #[command(flatten)]
        shown: Shown,
    },
    /// Chép sang PostgreSQL trên máy này để cơ quan tự truy vấn; chạy lại thì chỉ chép phần mới.
    Mirror {
        #[command(flatten)]
        shown: Shown,
        /// Nơi chép tới, ví dụ "host=/run/postgresql dbname=hocvu user=hocvu".
        #[arg(long)]
        to: String,
        /// Chép xong thì tính lại mọi bản ghi trong bản sao từ các thao tác.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Subcommand)]
enum UnitCommand {
    /// Thêm một đơn vị.
    Add {
        #[command(flatten)]
        shown: Shown,
        /// Mã đơn vị cấp trên.
        #[arg(long)]
        parent: String,
        /// Cấp: hamlet, school, agency, enterprise, coop.
        #[arg(long)]
        level: String,
        /// Tên đầy đủ.
        #[arg(long)]
        name: String,
        /// Mã đơn vị; máy tự đặt nếu không có.
        #[arg(long)]
        uid: Option<String>,
    },
    /// Sáp nhập các đơn vị vào một đơn vị; tạo đơn vị ấy nếu có tên và cấp trên.
    Merge {
        #[command(flatten)]
        shown: Shown,
        /// Mã các đơn vị cũ.
        #[arg(required = true)]
        old: Vec<String>,
        /// Mã đơn vị mới.
        #[arg(long)]
        into: String,
        /// Ngày có hiệu lực, ví dụ 2026-01-01.
        #[arg(long)]
        date: chrono::NaiveDate,
        /// Căn cứ pháp lý.
        #[arg(long)]
        basis: String,
        /// Tên đơn vị mới, khi chưa có.
        #[arg(long, requires = "parent")]
        name: Option<String>,
        /// Cấp trên của đơn vị mới, khi chưa có.
        #[arg(long, requires = "name")]
        parent: Option<String>,
    },
    /// Sửa cho đúng một đơn vị do người dùng tạo; khu vực: đặt lại các xã, phường.
    Edit {
        #[command(flatten)]
        shown: Shown,
        #[command(flatten)]
        revision: units::Revision,
    },
    /// Chia tách một đơn vị; số liệu đã ghi ở lại đơn vị cũ đến khi có người phân.
    Split {
        #[command(flatten)]
        shown: Shown,
        /// Mã đơn vị cũ.
        old: String,
        /// Tên một đơn vị mới; lặp lại.
        #[arg(long = "part", required = true)]
        parts: Vec<String>,
        #[command(flatten)]
        law: units::Law,
    },
    /// Đổi tên theo văn bản.
    Rename {
        #[command(flatten)]
        shown: Shown,
        /// Mã đơn vị cũ.
        old: String,
        /// Tên mới.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        law: units::Law,
    },
    /// Chuyển sang cấp trên khác.
    Transfer {
        #[command(flatten)]
        shown: Shown,
        /// Mã đơn vị cũ.
        old: String,
        /// Mã cấp trên mới.
        #[arg(long)]
        parent: String,
        #[command(flatten)]
        law: units::Law,
    },
    /// Xem các đơn vị.
    List {
        #[command(flatten)]
        shown: Shown,
        /// Chỉ các đơn vị thuộc mã này.
        #[arg(long)]
        under: Option<String>,
    },
}

#[derive(Subcommand)]
enum DeviceCommand {
    /// Xem các máy.
    List {
        #[command(flatten)]
        shown: Shown,
    },
    /// Thu hồi một máy.
    Revoke {
        #[command(flatten)]
        file: File,
        /// Mã máy.
        device: String,
    },
    /// Thay một máy: thu hồi và tạo mã mới cho cùng người, cùng đơn vị.
    Replace {
        #[command(flatten)]
        shown: Shown,
        /// Mã máy.
        device: String,
    },
    /// Cho một máy thêm quyền trên một đơn vị.
    Grant {
        #[command(flatten)]
        file: File,
        /// Mã máy.
        device: String,
        /// Mã đơn vị.
        #[arg(long)]
        unit: String,
        /// Vai trò.
        #[arg(long, default_value = "team")]
        role: String,
    },
}

#[derive(Subcommand)]
enum HeldCommand {
    /// Xem việc đang chờ.
    List {
        #[command(flatten)]
        shown: Shown,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Bounds {
    /// Đơn vị lúc ghi.
    AsWas,
    /// Đơn vị ngày nay.
    AsIsNow,
}

impl From<Bounds> for Boundaries {
    fn from(bounds: Bounds) -> Self {
        match bounds {
            Bounds::AsWas => Self::AsWas,
            Bounds::AsIsNow => Self::AsIsNow,
        }
    }
}

/// Runs one command. Faults go to the error output in one line; the exit code tells scripts.
pub fn run(args: impl IntoIterator<Item = OsString>, world: Arc<dyn World>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match dispatch(cli.command, world) {
        Ok(code) => code,
        Err(error) => {
            complain(&match error {
                Error::Refused(why) => why,
                Error::Missing(path) => format!("Không có tệp {}. Tạo bằng: hocvu-central init", path.display()),
                error => format!("Lỗi: {error}"),
            });
            ExitCode::FAILURE
        }
    }
}

fn unit(command: UnitCommand, world: Arc<dyn World>) -> Result<()> {
    match command {
        UnitCommand::Add {
            shown,
            parent,
            level,
            name,
            uid,
        } => acts::add_unit(&shown, world, &parent, &level, name, uid),
        UnitCommand::Merge {
            shown,
            old,
            into,
            date,
            basis,
            name,
            parent,
        } => units::merge_units(&shown, world, &old, &into, date, basis, name.zip(parent)),
        UnitCommand::Edit { shown, revision } => units::edit(&shown, world, revision),
        UnitCommand::Split { shown, old, parts, law } => {
            units::follow(&shown, world, SuccessionKind::Split, &old, &parts, None, law)
        }
        UnitCommand::Rename { shown, old, name, law } => {
            units::follow(&shown, world, SuccessionKind::Rename, &old, &[name], None, law)
        }
        UnitCommand::Transfer {
            shown,
            old,
            parent,
            law,
        } => units::follow(&shown, world, SuccessionKind::Transfer, &old, &[], Some(&parent), law),
        UnitCommand::List { shown, under } => show::units(&shown, under.as_deref()),
    }
}

fn dispatch(command: Command, world: Arc<dyn World>) -> Result<ExitCode> {
    match command {
        Command::Init { file, deployment, keys } => {
            let mut core = Core::open(&file.db, Some(&deployment), world)?;
            say(&format!("Đã có tệp {} cho “{deployment}”.", file.db.display()));
            let beside = file.db.parent().filter(|folder| !folder.as_os_str().is_empty());
            bundle::introduce(
                &mut core,
                &keys.or(beside.map(PathBuf::from)).unwrap_or_else(|| ".".into()),
            )?;
        }
        Command::Serve(serve) => serve.run(world)?,
        Command::EnrolCode {
            shown,
            unit,
            role,
            name,
            days,
        } => acts::enrol_code(&shown, world, unit, role, name, days)?,
        Command::Unit(command) => unit(command, world)?,
        Command::Device(DeviceCommand::List { shown }) => show::devices(&shown)?,
        Command::Device(DeviceCommand::Revoke { file, device }) => acts::revoke(&file, world, &device)?,
        Command::Device(DeviceCommand::Replace { shown, device }) => acts::replace(&shown, world, &device)?,
        Command::Office(command) => command.run(world)?,
        Command::Device(DeviceCommand::Grant {
            file,
            device,
            unit,
            role,
        }) => acts::grant(&file, world, &device, &unit, &role)?,
        Command::Figures {
            shown,
            unit,
            month,
            boundaries,
        } => show::figures(&shown, &unit, month.as_deref(), boundaries.into())?,
        Command::Progress(progress) => progress.run(&world)?,
        Command::Receipt { shown, log } => show::receipt(&shown, &log)?,
        Command::Sessions { shown, unit } => show::sessions(&shown, &unit)?,
        Command::Held(HeldCommand::List { shown }) => show::held(&shown)?,
        Command::Bundle(command) => return command.run(world),
        Command::Keys(command) => command.run(world)?,
        Command::Verify { shown } => return show::verify(&shown),
        Command::Mirror { shown, to, check } => return mirror::mirror(&shown, &to, check),
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the file for an act. The server may run beside it: each waits for the other's transaction and notices it.
fn open(file: &File, world: Arc<dyn World>) -> Result<Core> {
    Core::open(&file.db, None, world)
}

fn open_reader(file: &File) -> Result<Reader> {
    if !file.db.exists() {
        return Err(Error::Missing(file.db.clone()));
    }
    Reader::open(&file.db)
}

#[expect(clippy::print_stdout, reason = "a command answers on its standard output")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "a command complains on its error output")]
fn complain(line: &str) {
    eprintln!("{line}");
}

fn say_json(value: &impl serde::Serialize) -> Result<()> {
    let json = serde_json::to_string_pretty(value).map_err(|error| Error::Damaged(error.to_string()))?;
    say(&json);
    Ok(())
}
