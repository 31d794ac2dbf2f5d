//! Which units a list is about, and what they are called in it: the same words for every list.

use clap::Args;

/// A unit and the boundaries it is read in.
#[derive(Args)]
pub struct Place {
    /// Chỉ của đơn vị này (uid); nêu địa giới thì gồm cả các đơn vị bên dưới.
    #[arg(long)]
    pub unit: Option<String>,
    /// Địa giới: as-is-now (hiện nay, gồm cả các đơn vị đã nhập vào) hoặc as-was (lúc đó); bỏ trống là đúng đơn vị ấy.
    #[arg(long, value_parser = ["as-is-now", "as-was"])]
    boundaries: Option<String>,
}

impl Place {
    /// The boundaries as the commands of the program call them.
    pub fn boundaries(&self) -> Option<String> {
        self.boundaries.as_ref().map(|name| name.replace('-', "_"))
    }
}

/// A unit in the boundaries asked for, with what it is called in the others.
pub fn named(name: &str, then: Option<&str>, now: Option<&str>) -> String {
    match (then, now) {
        (Some(then), _) => format!("{name} (lúc ghi: {then})"),
        (None, Some(now)) => format!("{name} (nay: {now})"),
        (None, None) => name.to_owned(),
    }
}
