//! `bundle` and `keys`: what came on a stick, and the keys it is sealed to.

use std::fs::File as Opened;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use hocvu_model::wording::{Locale, message};
use hocvu_wire::bundle::{BadBundle, RECEIPT_SUFFIX, inspect};
use hocvu_wire::keys::age_public;
use serde_json::json;

use super::{File, Shown, complain, open, open_reader, say, say_json};
use crate::bundles::{Took, receipt_file, take};
use crate::desk::Core;
use crate::error::{Error, Result};
use crate::keys::{self, TakeAway};
use crate::world::World;

#[derive(Subcommand)]
pub(super) enum BundleCommand {
    /// Nhận gói .hvb mang đến bằng USB hoặc chat; nhận lại cùng một gói không đổi gì.
    Take {
        #[command(flatten)]
        file: File,
        /// Các tệp .hvb.
        #[arg(required = true)]
        bundles: Vec<PathBuf>,
        /// Ghi biên nhận .hvr vào thư mục này; không đặt thì ghi cạnh gói.
        #[arg(long)]
        receipts: Option<PathBuf>,
    },
    /// Xem phần đầu của gói: số gói, khóa, mã băm, cỡ. Không mở gói.
    Inspect {
        /// Tệp .hvb hoặc .hvr.
        bundle: PathBuf,
        /// In ra JSON cho chương trình khác đọc.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Xem khóa đang dùng (chỉ phần công khai).
    Show {
        #[command(flatten)]
        shown: Shown,
    },
    /// Đổi khóa niêm gói và khóa ký biên nhận; cần tệp khóa gốc.
    Rotate {
        #[command(flatten)]
        file: File,
        /// Tệp khóa gốc đã cất.
        #[arg(long)]
        root: PathBuf,
    },
}

impl BundleCommand {
    pub(super) fn run(self, world: Arc<dyn World>) -> Result<ExitCode> {
        match self {
            Self::Take {
                file,
                bundles,
                receipts,
            } => take_all(&file, world, &bundles, receipts.as_deref()),
            Self::Inspect { bundle, json } => show_header(&bundle, json),
        }
    }
}

impl KeysCommand {
    pub(super) fn run(self, world: Arc<dyn World>) -> Result<()> {
        match self {
            Self::Show { shown } => show_keys(&shown),
            Self::Rotate { file, root } => {
                let version = open(&file, world)?.rotate_keys(&root)?;
                say(&format!(
                    "Đã đổi khóa, bản {version}. Máy ghi nhận khóa mới ở lần đồng bộ sau; gói niêm bằng khóa cũ vẫn mở được."
                ));
                Ok(())
            }
        }
    }
}

/// Makes the keys of a centre that has none and says what to do with the files.
pub(super) fn introduce(core: &mut Core, folder: &Path) -> Result<()> {
    if let Some(TakeAway { root, recovery }) = core.ensure_keys(folder)? {
        say(&format!("Khóa gốc:    {}", root.display()));
        say(&format!("Khóa dự phòng: {}", recovery.display()));
        say("Chép hai tệp này ra hai USB cất ở hai nơi, rồi xóa khỏi máy chủ.");
    }
    Ok(())
}

fn take_all(file: &File, world: Arc<dyn World>, bundles: &[PathBuf], receipts: Option<&Path>) -> Result<ExitCode> {
    let mut core = open(file, world)?;
    let mut code = ExitCode::SUCCESS;
    for path in bundles {
        let mut bundle = match Opened::open(path) {
            Ok(bundle) => bundle,
            Err(error) => {
                complain(&format!("{}: {error}", path.display()));
                code = ExitCode::FAILURE;
                continue;
            }
        };
        match take(&mut bundle, &mut core)? {
            Ok(took) => taken(&core, path, &took, receipts)?,
            Err(bad) => {
                complain(&format!("{}: {}", path.display(), sentence(bad)));
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn taken(core: &Core, path: &Path, took: &Took, receipts: Option<&Path>) -> Result<()> {
    let Took {
        header,
        operations,
        again,
    } = took;
    let told = if *again {
        "đã nhận từ trước"
    } else {
        "đã nhận"
    };
    say(&format!(
        "{}: {told} gói {}, {operations} thao tác.",
        path.display(),
        header.id
    ));
    let Some(receipt) = receipt_file(core.db(), header.id, Some(&header.sha256))? else {
        return Ok(()); // Of a device that was revoked since.
    };
    let beside = path.parent().unwrap_or(Path::new(""));
    let file = receipts
        .unwrap_or(beside)
        .join(format!("{}{RECEIPT_SUFFIX}", header.id));
    std::fs::write(&file, receipt)?;
    say(&format!("Biên nhận: {}", file.display()));
    Ok(())
}

fn show_header(path: &Path, as_json: bool) -> Result<ExitCode> {
    let header = match inspect(Opened::open(path)?) {
        Ok(header) => header,
        Err(bad) => return Err(Error::Refused(sentence(bad))),
    };
    let (id, key, sha256) = (header.id.to_string(), header.key.to_string(), header.sha256_hex());
    if as_json {
        say_json(&json!({ "id": id, "key": key, "sha256": sha256, "size": header.size }))?;
    } else {
        say(&format!(
            "Số gói: {id}\nKhóa: {key}\nSHA-256: {sha256}\nCỡ: {} byte",
            header.size
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn show_keys(shown: &Shown) -> Result<()> {
    let reader = open_reader(&shown.file)?;
    let Some(keys) = keys::working(reader.db())? else {
        return Err(Error::Refused("Máy chủ chưa có khóa; chạy: hocvu-central init".into()));
    };
    if shown.json {
        return say_json(&json!({ "root": keys.public.root, "keys": keys.set }));
    }
    let set = &keys.set;
    say(&format!("Khóa gốc: {}", keys.public.root.id()));
    say(&format!(
        "Bản {}: niêm gói {} ({})",
        set.version,
        set.seal.id(),
        age_public(&set.seal)
    ));
    say(&format!(
        "Dự phòng: {} ({})",
        set.recovery.id(),
        age_public(&set.recovery)
    ));
    say(&format!("Ký biên nhận: {}", set.sign.id()));
    Ok(())
}

fn sentence(bad: BadBundle) -> String {
    message(Locale::Vi, &format!("usb_problem_{}", bad.code()), &Default::default())
}
