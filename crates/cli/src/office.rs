use clap::{Args, Subcommand};
use hocvu_app::App;
use hocvu_app::contract::{
    AdoptInput, BeginInput, BeginView, CorrectInput, DevicesView, Done, InviteInput, InviteView, NoInput, OfficeView,
    ReleaseInput, ReplaceInput, ReturnInput, RevokeInput, SaveView, SucceedInput, SucceedView, UnitsView,
};

use crate::ask::ask;
use crate::{Failure, print, session, unit};

/// Việc của cán bộ: duyệt số liệu đang giữ, quản lý máy, sáp nhập đơn vị, sửa số liệu cấp dưới.
#[derive(Subcommand)]
pub enum Office {
    /// Số liệu máy chủ đang giữ, chờ duyệt.
    List(Json),
    /// Nhận: tính dưới quyền của máy này.
    Adopt(Adopt),
    /// Trả lại cho người ghi, kèm lý do.
    Return(Return),
    /// Cho vào: số liệu của máy đã bị thu hồi.
    Release(Operations),
    /// Các máy trong phạm vi.
    Machines(Json),
    /// Thu hồi quyền của một máy.
    Revoke(Revoke),
    /// Thay máy: thu hồi máy cũ và tạo mã mới.
    Replace(Revoke),
    /// Tạo mã mời một máy mới.
    Invite(Invite),
    /// Các đơn vị và việc sáp nhập.
    Units(Json),
    /// Sáp nhập hoặc đổi tên đơn vị.
    Merge(Merge),
    /// Sửa số liệu của cấp dưới, kèm lý do.
    Correct(Correct),
}

/// In ra.
#[derive(Args)]
pub struct Json {
    /// In dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Các thay đổi.
#[derive(Args)]
pub struct Operations {
    /// Mã thay đổi, như lệnh `office list` in ra.
    #[arg(required = true)]
    operations: Vec<String>,
}

/// Nhận.
#[derive(Args)]
pub struct Adopt {
    #[command(flatten)]
    what: Operations,
    /// Tính cho đơn vị (uid); bỏ trống giữ đơn vị đã ghi.
    #[arg(long, default_value = "")]
    unit: String,
}

/// Trả lại.
#[derive(Args)]
pub struct Return {
    #[command(flatten)]
    what: Operations,
    /// Lý do; người ghi sẽ đọc.
    #[arg(long)]
    reason: String,
}

/// Một máy.
#[derive(Args)]
pub struct Revoke {
    /// Mã máy, như lệnh `office machines` in ra.
    device: String,
    /// Lý do.
    #[arg(long)]
    reason: String,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Mời máy mới.
#[derive(Args)]
pub struct Invite {
    /// Đơn vị (uid).
    #[arg(long)]
    unit: String,
    /// Vai trò: team, school, commune, area, province.
    #[arg(long, default_value = "team")]
    role: String,
    /// Tên người dùng.
    #[arg(long)]
    name: String,
    /// In kết quả dạng JSON.
    #[arg(long)]
    json: bool,
}

/// Sáp nhập.
#[derive(Args)]
pub struct Merge {
    /// Đơn vị thôi hoạt động (uid); lặp lại được.
    #[arg(long = "old", required = true)]
    old: Vec<String>,
    /// Nhập vào đơn vị đã có (uid).
    #[arg(long, default_value = "", required_unless_present = "name")]
    into: String,
    /// Tên đơn vị mới, khi không nhập vào đơn vị đã có.
    #[arg(long, default_value = "")]
    name: String,
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

/// Sửa số liệu.
#[derive(Args)]
pub struct Correct {
    /// Mã buổi.
    id: String,
    /// Số người: NHÓM:cột=số,cột=số; lặp lại được.
    #[arg(long = "count", required = true)]
    counts: Vec<String>,
    /// Lý do; người ghi sẽ đọc.
    #[arg(long)]
    reason: String,
}

impl Office {
    pub fn run(self, app: &App) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.cases(app),
            Self::Adopt(adopt) => {
                let count = adopt.what.operations.len();
                let input = AdoptInput {
                    operations: adopt.what.operations,
                    unit: adopt.unit,
                };
                done(
                    app,
                    "office.adopt",
                    &input,
                    &format!("Đã nhận {count}. Chạy “sync” để gửi."),
                )
            }
            Self::Return(back) => {
                let count = back.what.operations.len();
                let input = ReturnInput {
                    operations: back.what.operations,
                    reason: back.reason,
                };
                done(
                    app,
                    "office.return",
                    &input,
                    &format!("Đã trả lại {count}. Chạy “sync” để gửi."),
                )
            }
            Self::Release(Operations { operations }) => {
                let said = format!("Đã cho vào {}. Chạy “sync” để gửi.", operations.len());
                done(app, "office.release", &ReleaseInput { operations }, &said)
            }
            Self::Machines(list) => list.machines(app),
            Self::Revoke(Revoke { device, reason, .. }) => {
                let input = RevokeInput { device, reason };
                done(
                    app,
                    "device.revoke",
                    &input,
                    "Đã thu hồi. Có hiệu lực sau khi máy này gửi.",
                )
            }
            Self::Replace(Revoke { device, reason, json }) => {
                code(&ask(app, "device.replace", &ReplaceInput { device, reason })?, json);
                Ok(())
            }
            Self::Invite(Invite { unit, role, name, json }) => {
                code(&ask(app, "device.invite", &InviteInput { unit, role, name })?, json);
                Ok(())
            }
            Self::Units(list) => list.units(app),
            Self::Merge(merge) => merge.run(app),
            Self::Correct(correct) => correct.run(app),
        }
    }
}

impl Json {
    fn cases(self, app: &App) -> Result<(), Failure> {
        let office: OfficeView = ask(app, "office.read", &NoInput {})?;
        if self.json {
            print::json(&office);
            return Ok(());
        }
        for case in &office.cases {
            let date = case.date.as_ref().map_or("", |date| date.text.as_str());
            let decided = case.decided.as_deref().map_or("", |_| "  (đã quyết, chờ gửi)");
            println!(
                "{}  {}  {date}  {} lượt  {}{decided}",
                case.operation, case.unit_name, case.attended, case.by
            );
            println!("    {}", print::said(&format!("verdict_{}", case.code)));
        }
        println!("{} thay đổi cần duyệt.", office.total);
        Ok(())
    }

    fn machines(self, app: &App) -> Result<(), Failure> {
        let machines: DevicesView = ask(app, "device.list", &NoInput {})?;
        if self.json {
            print::json(&machines);
            return Ok(());
        }
        for device in &machines.devices {
            let state = match (device.revoked, device.revoking) {
                (true, _) => "  đã thu hồi",
                (false, true) => "  đã thu hồi, chờ gửi",
                (false, false) => "",
            };
            println!("{}  {}  {}{state}", device.device, device.unit_name, device.user);
        }
        Ok(())
    }

    fn units(self, app: &App) -> Result<(), Failure> {
        let units: UnitsView = ask(app, "unit.list", &NoInput {})?;
        if self.json {
            print::json(&units);
            return Ok(());
        }
        for unit in &units.units {
            println!("{}  {}", unit.uid, unit.name);
        }
        for one in &units.successions {
            println!("{} → {} từ {}", one.old_name, one.new_name, one.effective.text);
        }
        Ok(())
    }
}

impl Merge {
    fn run(self, app: &App) -> Result<(), Failure> {
        let Self {
            old,
            into: new,
            name,
            from: effective,
            basis: legal_basis,
            preview,
        } = self;
        let input = SucceedInput {
            old,
            new,
            name,
            effective,
            legal_basis,
            ..SucceedInput::default()
        };
        let view: SucceedView = ask(app, "unit.preview", &input)?;
        println!(
            "{} → {} từ {}.",
            view.old_names.join(", "),
            view.new_name,
            view.effective.text
        );
        println!("{} buổi, {} lượt, {} máy.", view.sessions, view.attended, view.machines);
        unit::proof(&view.proof);
        if preview {
            return Ok(());
        }
        done(app, "unit.succeed", &input, "Đã ghi. Có hiệu lực sau khi máy này gửi.")
    }
}

impl Correct {
    fn run(self, app: &App) -> Result<(), Failure> {
        let begun: BeginView = ask(app, "session.begin", &BeginInput::Edit { id: self.id.clone() })?;
        let mut form = begun.form;
        for text in &self.counts {
            let (group, cells) = session::line(text)?;
            form.counts.entry(group).or_default().extend(cells);
        }
        let input = CorrectInput {
            draft_id: begun.draft_id,
            id: self.id,
            form,
            reason: self.reason,
        };
        let saved: SaveView = ask(app, "session.correct", &input)?;
        println!("Đã sửa buổi {}: {} lượt người.", saved.date.text, saved.attended);
        Ok(())
    }
}

pub fn done(app: &App, name: &str, input: &impl serde::Serialize, said: &str) -> Result<(), Failure> {
    let _: Done = ask(app, name, input)?;
    println!("{said}");
    Ok(())
}

/// The one time a code is shown.
fn code(invite: &InviteView, json: bool) {
    if json {
        print::json(invite);
        return;
    }
    println!("Mã cho {} ({}): {}", invite.name, invite.unit_name, invite.code);
    println!("Chỉ dùng được sau khi máy này đã gửi. Ghi lại ngay, mã không xem lại được.");
}
