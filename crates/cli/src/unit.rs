use std::path::PathBuf;

use clap::{Args, Subcommand};
use hocvu_app::App;
use hocvu_app::contract::{
    Commit, Proof, SucceedInput, SucceedView, UnitForm, UnitManyInput, UnitManyView, UnitSaved, UnitTreeInput,
    UnitTreeView,
};

use crate::ask::ask;
use crate::office::done;
use crate::{Failure, print};

/// Đơn vị.
#[derive(Subcommand)]
pub enum Unit {
    /// Xem các đơn vị trong phạm vi của máy.
    List(List),
    /// Thêm một đơn vị.
    Add(Form),
    /// Thêm nhiều đơn vị từ tệp CSV có cột name, và tùy ý level, parent, code, sort, valid_from, valid_to.
    Import(Import),
    /// Sửa cho đúng một đơn vị đã có (sai chính tả, mã, ngày); đổi tên theo nghị quyết thì dùng rename.
    Edit(Edit),
    /// Sáp nhập các đơn vị.
    Merge(Merge),
    /// Chia tách một đơn vị; số liệu đã ghi ở lại đơn vị cũ đến khi có người phân.
    Split(Split),
    /// Đổi tên theo nghị quyết, từ một ngày.
    Rename(Rename),
    /// Chuyển sang cấp trên khác, từ một ngày.
    Transfer(Transfer),
    /// Khu vực: tạo, hoặc đặt lại danh sách xã, phường.
    Area(Area),
}

#[derive(Args)]
pub struct List {
    /// Tìm theo tên, không cần dấu.
    #[arg(default_value = "")]
    text: String,
    /// Cả đơn vị đã thôi hoạt động.
    #[arg(long)]
    ended: bool,
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Form {
    /// Tên đầy đủ: "Ấp Hòa Thuận".
    #[arg(long, default_value = "")]
    name: String,
    /// Loại: hamlet, school, agency, enterprise, coop, commune; bỏ trống thì đoán theo tên.
    #[arg(long, default_value = "")]
    level: String,
    /// Đơn vị cấp trên (uid hoặc tên).
    #[arg(long, default_value = "")]
    parent: String,
    /// Mã riêng.
    #[arg(long, default_value = "")]
    code: String,
    /// Loại hình: "Trường THCS", "Khóm".
    #[arg(long, default_value = "")]
    sort: String,
    /// Từ ngày.
    #[arg(long, default_value = "")]
    valid_from: String,
    /// Đến hết ngày.
    #[arg(long, default_value = "")]
    valid_to: String,
}

#[derive(Args)]
pub struct Edit {
    /// Đơn vị (uid).
    uid: String,
    #[command(flatten)]
    form: Form,
}

#[derive(Args)]
pub struct Import {
    /// Tệp CSV.
    file: PathBuf,
    /// Cấp trên của mọi dòng không ghi cấp trên.
    #[arg(long, default_value = "")]
    parent: String,
    /// Chỉ xem, không ghi.
    #[arg(long)]
    look: bool,
    /// Bỏ qua dòng sai, ghi các dòng đúng.
    #[arg(long)]
    skip_bad: bool,
}

/// Từ ngày nào, theo văn bản nào.
#[derive(Args)]
pub struct Law {
    /// Kể từ ngày: 01/12/2025.
    #[arg(long)]
    from: String,
    /// Căn cứ: nghị quyết.
    #[arg(long)]
    basis: String,
    /// Chỉ xem trước.
    #[arg(long)]
    preview: bool,
}

#[derive(Args)]
pub struct Merge {
    /// Các đơn vị thôi hoạt động (uid).
    #[arg(required = true)]
    old: Vec<String>,
    /// Nhập vào đơn vị đã có (uid).
    #[arg(long, default_value = "", required_unless_present = "name")]
    into: String,
    /// Tên đơn vị mới.
    #[arg(long, default_value = "")]
    name: String,
    #[command(flatten)]
    law: Law,
}

#[derive(Args)]
pub struct Split {
    /// Đơn vị bị chia (uid).
    old: String,
    /// Tên một đơn vị mới; lặp lại, ít nhất hai.
    #[arg(long = "part", required = true)]
    parts: Vec<String>,
    #[command(flatten)]
    law: Law,
}

#[derive(Args)]
pub struct Rename {
    /// Đơn vị (uid).
    old: String,
    /// Tên mới.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    law: Law,
}

#[derive(Args)]
pub struct Transfer {
    /// Các đơn vị được chuyển (uid).
    #[arg(required = true)]
    old: Vec<String>,
    /// Cấp trên mới (uid).
    #[arg(long)]
    parent: String,
    #[command(flatten)]
    law: Law,
}

#[derive(Args)]
pub struct Area {
    /// Khu vực đã có (uid); bỏ trống để tạo.
    #[arg(long, default_value = "")]
    uid: String,
    /// Tên khu vực.
    #[arg(long)]
    name: String,
    /// Tỉnh (uid).
    #[arg(long, default_value = "")]
    parent: String,
    /// Các xã, phường (uid).
    members: Vec<String>,
}

impl Unit {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(app),
            Self::Add(form) => saved(app, "unit.create", form.typed()),
            Self::Import(import) => import.run(app),
            Self::Edit(edit) => edit.run(app),
            Self::Merge(Merge { old, into, name, law }) => law.run(
                app,
                SucceedInput {
                    kind: "merge".into(),
                    old,
                    new: into,
                    name,
                    ..SucceedInput::default()
                },
            ),
            Self::Split(Split { old, parts, law }) => law.run(
                app,
                SucceedInput {
                    kind: "split".into(),
                    old: vec![old],
                    parts,
                    ..SucceedInput::default()
                },
            ),
            Self::Rename(Rename { old, name, law }) => law.run(
                app,
                SucceedInput {
                    kind: "rename".into(),
                    old: vec![old],
                    name,
                    ..SucceedInput::default()
                },
            ),
            Self::Transfer(Transfer { old, parent, law }) => law.run(
                app,
                SucceedInput {
                    kind: "transfer".into(),
                    old,
                    parent,
                    ..SucceedInput::default()
                },
            ),
            Self::Area(Area {
                uid,
                name,
                parent,
                members,
            }) => {
                let command = if uid.is_empty() { "unit.create" } else { "unit.edit" };
                let form = UnitForm {
                    uid,
                    level: "area".into(),
                    name,
                    parent,
                    members,
                    ..UnitForm::default()
                };
                saved(app, command, form)
            }
        }
    }
}

impl Form {
    fn typed(self) -> UnitForm {
        let Self {
            name,
            level,
            parent,
            code,
            sort,
            valid_from,
            valid_to,
        } = self;
        UnitForm {
            uid: String::new(),
            level,
            name,
            sort,
            code,
            parent,
            valid_from,
            valid_to,
            members: Vec::new(),
        }
    }
}

impl List {
    fn run(self, app: &App) -> Result<(), Failure> {
        let tree = tree(app, &self.text, self.ended)?;
        if self.json {
            print::json(&tree);
            return Ok(());
        }
        for row in &tree.rows {
            let indent = "  ".repeat(row.depth as usize);
            let said = match (row.split, row.living, row.waiting) {
                (true, ..) => format!("  (đã chia tách, {} buổi chưa phân)", row.sessions),
                (_, false, _) => "  (đã thôi)".to_owned(),
                (.., true) => "  (chờ gửi)".to_owned(),
                _ => String::new(),
            };
            println!("{indent}{}  {}{said}", row.name, row.uid);
        }
        Ok(())
    }
}

impl Edit {
    /// What is not given stays as it is.
    fn run(self, app: &App) -> Result<(), Failure> {
        let rows = tree(app, "", true)?.rows;
        let known = rows.into_iter().find(|row| row.uid == self.uid);
        let known = known.ok_or_else(|| Failure::Said(format!("Không có đơn vị “{}”.", self.uid)))?;
        let typed = self.form.typed();
        let or = |typed: String, known: String| if typed.is_empty() { known } else { typed };
        let date = |known: Option<hocvu_app::contract::DateView>| known.map(|day| day.text).unwrap_or_default();
        let form = UnitForm {
            level: known.level,
            name: or(typed.name, known.name),
            sort: or(typed.sort, known.sort),
            code: or(typed.code, known.code),
            parent: or(typed.parent, known.parent),
            valid_from: or(typed.valid_from, date(known.valid_from)),
            valid_to: or(
                typed.valid_to,
                if known.living {
                    date(known.last_day)
                } else {
                    String::new()
                },
            ),
            members: known.members,
            uid: known.uid,
        };
        saved(app, "unit.edit", form)
    }
}

impl Import {
    fn run(self, app: &App) -> Result<(), Failure> {
        let said = |error: csv::Error| Failure::Said(format!("Không đọc được {}: {error}", self.file.display()));
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(&self.file)
            .map_err(said)?;
        let header = reader.headers().map_err(said)?.clone();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(said)?;
            let cell = |column: &str| {
                let at = header
                    .iter()
                    .position(|name| name.trim_start_matches('\u{feff}').trim() == column);
                at.and_then(|at| record.get(at)).unwrap_or_default().to_owned()
            };
            let parent = Some(cell("parent")).filter(|parent| !parent.trim().is_empty());
            rows.push(UnitForm {
                uid: String::new(),
                level: cell("level"),
                name: cell("name"),
                sort: cell("sort"),
                code: cell("code"),
                parent: parent.unwrap_or_else(|| self.parent.clone()),
                valid_from: cell("valid_from"),
                valid_to: cell("valid_to"),
                members: Vec::new(),
            });
        }
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let input = UnitManyInput {
            rows,
            commit: match (self.look, self.skip_bad) {
                (true, _) => Commit::Look,
                (_, true) => Commit::Chosen,
                _ => Commit::All,
            },
            chosen: (0..count).collect(),
        };
        let view: UnitManyView = ask(app, "unit.create_many", &input)?;
        for (at, row) in view.rows.iter().enumerate() {
            for finding in &row.findings {
                eprintln!("Dòng {}: {}", at + 2, print::view(finding));
            }
        }
        println!("{count} dòng, {} dòng đúng, đã tạo {}.", view.good, view.made);
        if !self.look && view.made == 0 {
            return Err(Failure::Said("Chưa tạo đơn vị nào.".into()));
        }
        Ok(())
    }
}

impl Law {
    fn run(self, app: &App, input: SucceedInput) -> Result<(), Failure> {
        let input = SucceedInput {
            effective: self.from,
            legal_basis: self.basis,
            ..input
        };
        let view: SucceedView = ask(app, "unit.preview", &input)?;
        println!(
            "{} → {} từ {}.",
            view.old_names.join(", "),
            view.new_name,
            view.effective.text
        );
        println!("{} buổi, {} lượt, {} máy.", view.sessions, view.attended, view.machines);
        proof(&view.proof);
        if self.preview {
            return Ok(());
        }
        done(app, "unit.succeed", &input, "Đã ghi. Có hiệu lực sau khi máy này gửi.")
    }
}

/// The sums before and after, and whether they are the same.
pub fn proof(proof: &Proof) {
    for row in &proof.rows {
        let year = if row.year == 0 {
            String::new()
        } else {
            format!(" {}", row.year)
        };
        let same = if row.before == row.after {
            "bằng nhau"
        } else {
            "KHÁC"
        };
        println!("  {}{year}: trước {}, sau {} – {same}", row.what, row.before, row.after);
    }
    for place in proof
        .places
        .iter()
        .filter(|place| !place.moves && place.before != place.after)
    {
        println!(
            "  {} ({}): trước {}, sau {} – KHÁC",
            place.name, place.boundaries, place.before, place.after
        );
    }
    if !proof.incomplete.is_empty() {
        println!("  Cần nhập lại số liệu của: {}.", proof.incomplete.join(", "));
    }
    println!(
        "{}",
        if proof.equal {
            "Tổng trước và sau bằng nhau."
        } else {
            "Tổng trước và sau KHÁC nhau."
        }
    );
}

fn tree(app: &App, text: &str, ended: bool) -> Result<UnitTreeView, Failure> {
    let input = UnitTreeInput {
        text: text.to_owned(),
        level: String::new(),
        ended,
    };
    ask(app, "unit.tree", &input)
}

fn saved(app: &App, command: &str, form: UnitForm) -> Result<(), Failure> {
    let saved: UnitSaved = ask(app, command, &form)?;
    for finding in &saved.findings {
        eprintln!("{}", print::view(finding));
    }
    println!("Đã ghi {}. Có hiệu lực sau khi máy này gửi.", saved.uid);
    Ok(())
}
