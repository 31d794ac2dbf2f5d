use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use hocvu_app::App;
use hocvu_app::contract::{
    Branch, ConflictCheckView, ConflictInput, ConflictListView, ConflictView, Done, HistoryView, IdInput, NoInput,
    Pick, SplitInput, SplitView,
};
use hocvu_model::wording::{Locale, field};

use crate::ask::ask;
use crate::{Failure, print};

/// Hai bản khác nhau của một buổi: xem, chọn, tách.
#[derive(Subcommand)]
pub enum Conflict {
    /// Các buổi có hai bản khác nhau.
    List(List),
    /// Hai bản cạnh nhau, từng chỗ khác nhau.
    Show(Show),
    /// Chọn từng chỗ; chỗ không nêu giữ như bản đang tính (bản 0).
    Resolve(Resolve),
    /// Đây là các buổi khác nhau: mỗi bản thành một buổi.
    Split(Show),
}

/// Các buổi có hai bản khác nhau.
#[derive(Args)]
pub struct List {
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Một buổi.
#[derive(Args)]
pub struct Show {
    /// Mã buổi.
    id: String,
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Chọn.
#[derive(Args)]
pub struct Resolve {
    /// Mã buổi.
    id: String,
    /// Lấy hết của bản số mấy.
    #[arg(long)]
    take: Option<u32>,
    /// Lấy một chỗ của bản số mấy: counts.adult.attended=1; lặp lại được.
    #[arg(long = "pick")]
    picks: Vec<String>,
    /// Ghi giá trị khác: counts.adult.attended=28; lặp lại được.
    #[arg(long = "set")]
    texts: Vec<String>,
}

/// Lịch sử của một buổi: mọi bản, ai chọn, vì sao.
#[derive(Args)]
pub struct History {
    /// Mã buổi.
    id: String,
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

impl Conflict {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(app),
            Self::Show(show) => show.run(app),
            Self::Resolve(resolve) => resolve.run(app),
            Self::Split(split) => {
                let view = get(app, &split.id)?;
                let input = SplitInput {
                    versions: versions(&view),
                    id: split.id,
                };
                let made: SplitView = ask(app, "conflict.split", &input)?;
                println!("Đã tách thêm {} buổi: {}", made.ids.len(), made.ids.join(", "));
                Ok(())
            }
        }
    }
}

impl List {
    fn run(self, app: &App) -> Result<(), Failure> {
        let list: ConflictListView = ask(app, "conflict.list", &NoInput {})?;
        if self.json {
            print::json(&list);
            return Ok(());
        }
        for row in &list.rows {
            println!(
                "{}  {}  {}  bản của {}",
                row.row.id,
                row.row.date.text,
                row.row.unit_name,
                row.by.join(", ")
            );
        }
        println!("{} buổi có hai bản khác nhau.", list.rows.len());
        Ok(())
    }
}

impl Show {
    fn run(self, app: &App) -> Result<(), Failure> {
        let view = get(app, &self.id)?;
        if self.json {
            print::json(&view);
            return Ok(());
        }
        for (at, version) in view.versions.iter().enumerate() {
            let counts = if version.counts { " (đang tính)" } else { "" };
            println!("Bản {at}: {} lúc {}{counts}", version.by, version.at);
        }
        for leaf in view.leaves.iter().filter(|leaf| leaf.differs) {
            println!(
                "{} [{}]: {}",
                field(Locale::Vi, &leaf.path),
                leaf.path,
                leaf.values.join(" | ")
            );
        }
        Ok(())
    }
}

impl Resolve {
    fn run(self, app: &App) -> Result<(), Failure> {
        let view = get(app, &self.id)?;
        let mut picks = BTreeMap::new();
        if let Some(version) = self.take {
            let differing = view.leaves.iter().filter(|leaf| leaf.differs);
            picks.extend(differing.map(|leaf| (leaf.path.clone(), Pick::Version { version })));
        }
        for text in &self.picks {
            let (path, version) = pair(text)?;
            let version = version
                .parse()
                .map_err(|_| Failure::Said(format!("“{version}” không phải số của một bản.")))?;
            picks.insert(path, Pick::Version { version });
        }
        for text in &self.texts {
            let (path, text) = pair(text)?;
            picks.insert(path, Pick::Text { text });
        }
        let input = ConflictInput {
            id: self.id,
            versions: versions(&view),
            picks,
        };
        let check: ConflictCheckView = ask(app, "conflict.check", &input)?;
        let _: Done = ask(app, "conflict.resolve", &input)?;
        if check.voided {
            println!("Đã chọn: hủy buổi này.");
        } else {
            let total = check.totals.get("attended").copied().unwrap_or_default();
            println!("Đã chọn: tổng {total}. Bản không chọn vẫn lưu trong lịch sử.");
        }
        Ok(())
    }
}

impl History {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        let view: HistoryView = ask(app, "history.get", &IdInput { id: self.id })?;
        if self.json {
            print::json(&view);
            return Ok(());
        }
        for entry in &view.entries {
            let beside = match entry.branch {
                Branch::None => "",
                Branch::Open => "  đang chờ chọn",
                Branch::Closed => "  không được chọn",
            };
            println!("{}  {}  {}{beside}", entry.at, entry.by, entry.kind);
            for change in &entry.changes {
                println!("  {}: {} → {}", field(Locale::Vi, &change.path), change.from, change.to);
            }
            for why in entry.reason.iter().chain(&entry.message) {
                println!("  {why}");
            }
        }
        Ok(())
    }
}

fn get(app: &App, id: &str) -> Result<ConflictView, Failure> {
    ask(app, "conflict.get", &IdInput { id: id.to_owned() })
}

fn versions(view: &ConflictView) -> Vec<String> {
    view.versions.iter().map(|version| version.operation.clone()).collect()
}

/// `name=value`.
pub fn pair(text: &str) -> Result<(String, String), Failure> {
    let (path, value) = text
        .split_once('=')
        .ok_or_else(|| Failure::Said(format!("Không đọc được “{text}”. Viết dạng chỗ=giá-trị.")))?;
    Ok((path.trim().to_owned(), value.to_owned()))
}
