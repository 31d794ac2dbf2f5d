use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use hocvu_app::contract::{
    AttachmentForm, Done, IdInput, PhotoAddInput, PhotoData, PhotoInput, PhotoView, PhotosView, SessionPhotoInput,
    SessionReadInput, SessionView,
};
use hocvu_app::{App, PHOTO_FILE_BYTES_MAX};
use hocvu_model::wording::{Locale, label, message};

use crate::session::call;
use crate::{Failure, print};

/// Xem một buổi và ảnh của nó.
#[derive(Args)]
pub struct Show {
    /// Mã buổi.
    id: String,
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Ảnh của một buổi: thêm, bỏ, lưu ra tệp, lấy từ máy chủ.
#[derive(Subcommand)]
pub enum Photo {
    /// Thêm một ảnh.
    Add {
        /// Mã buổi.
        id: String,
        /// Tệp ảnh (JPG, PNG, WebP).
        file: PathBuf,
        /// Chú thích.
        #[arg(long, default_value = "")]
        caption: String,
    },
    /// Bỏ một ảnh khỏi buổi; lịch sử vẫn giữ.
    Remove {
        /// Mã buổi.
        id: String,
        /// Mã ảnh.
        photo: String,
    },
    /// Lưu một ảnh ra tệp.
    Save {
        /// Mã ảnh.
        photo: String,
        /// Tệp sẽ ghi; chưa được có sẵn.
        file: PathBuf,
    },
    /// Nhờ máy chủ gửi về một ảnh của máy khác; ảnh về khi chạy: hocvu-cli sync.
    Fetch {
        /// Mã buổi.
        id: String,
        /// Mã ảnh.
        photo: String,
    },
}

impl Show {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        let Self { id, json } = self;
        let input = IdInput { id };
        let asked = SessionReadInput {
            id: input.id.clone(),
            boundaries: None,
        };
        let session: SessionView = call(app, "session.read", &asked)?;
        let photos: PhotosView = call(app, "photo.list", &input)?;
        if json {
            print::json(&serde_json::json!({ "session": session, "photos": photos }));
            return Ok(());
        }
        let row = &session.row;
        let topics: Vec<String> = row.topics.iter().map(|code| label(Locale::Vi, "topic", code)).collect();
        println!(
            "{}  {}  {}  {} lượt",
            row.date.text,
            row.unit_name,
            topics.join(", "),
            row.attended
        );
        if !photos.photos.is_empty() {
            let numbers = BTreeMap::from([
                ("sent".to_owned(), photos.sent.to_string()),
                ("total".to_owned(), photos.photos.len().to_string()),
            ]);
            println!("{}:", message(Locale::Vi, "photos_sent", &numbers));
        }
        photos.photos.iter().for_each(tell);
        Ok(())
    }
}

impl Photo {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        match self {
            Self::Add { id, file, caption } => {
                let photo = take(app, &file, Some(id), &caption)?;
                println!(
                    "Đã lưu trên máy ảnh {} ({} KB).",
                    photo.sha256,
                    photo.size.div_ceil(1024)
                );
            }
            Self::Remove { id, photo } => {
                let _: Done = call(app, "photo.remove", &SessionPhotoInput { id, sha256: photo })?;
                println!("Đã bỏ ảnh khỏi buổi.");
            }
            Self::Save { photo, file } => {
                let shown: PhotoData = call(app, "photo.read", &PhotoInput { sha256: photo })?;
                write(&shown, &file).map_err(|error| failed("Không ghi được", &file, &error))?;
                println!("Đã ghi {}.", file.display());
            }
            Self::Fetch { id, photo } => {
                let _: Done = call(app, "photo.fetch", &SessionPhotoInput { id, sha256: photo })?;
                println!("Ảnh sẽ về khi có mạng. Chạy: hocvu-cli sync");
            }
        }
        Ok(())
    }
}

/// Takes a picture file in, for a form or at once for a saved session.
pub fn take(app: &App, file: &Path, record_id: Option<String>, caption: &str) -> Result<AttachmentForm, Failure> {
    let mut bytes = Vec::new();
    // One byte more than may be: the rules say that it is too large.
    let read = File::open(file).and_then(|opened| opened.take(PHOTO_FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| failed("Không đọc được", file, &error))?;
    let input = PhotoAddInput {
        record_id,
        data: STANDARD.encode(bytes),
        caption: caption.to_owned(),
    };
    call(app, "photo.add", &input)
}

fn write(shown: &PhotoData, file: &Path) -> std::io::Result<()> {
    use std::io::Write;
    let (_, data) = shown.url.split_once(',').unwrap_or_default();
    let bytes = STANDARD.decode(data).map_err(std::io::Error::other)?;
    File::create_new(file)?.write_all(&bytes)
}

fn tell(photo: &PhotoView) {
    let state = serde_json::to_value(photo.state).ok();
    let state = state.as_ref().and_then(|state| state.as_str()).unwrap_or_default();
    println!(
        "  {}  {:>4} KB  {}  {}",
        photo.sha256,
        photo.size.div_ceil(1024),
        label(Locale::Vi, "photo_state", state),
        photo.caption
    );
}

fn failed(what: &str, file: &Path, error: &std::io::Error) -> Failure {
    Failure::Said(format!("{what} tệp {}: {error}", file.display()))
}
