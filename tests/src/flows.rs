//! What people do with the app, one verb each.

use fantoccini::key::Key;

use crate::screen::Screen;
use crate::trouble::Outcome;

/// What a person wrote on paper about one evening.
pub struct Evening {
    /// As typed: `t`, `22/11`….
    pub date: &'static str,
    /// Letters that find the topic in its list.
    pub topic: &'static str,
    /// Code of the form.
    pub form: &'static str,
    /// Where.
    pub venue: &'static str,
    /// Who taught.
    pub facilitators: &'static str,
    /// How long.
    pub minutes: &'static str,
    /// Column → number, for adults.
    pub counts: &'static [(&'static str, &'static str)],
    /// Free text.
    pub note: &'static str,
}

/// An evening of today with every kind of field filled in, in Vietnamese.
pub const EVENING: Evening = Evening {
    date: "t",
    topic: "vneid",
    form: "class",
    venue: "Nhà văn hóa ấp Hòa Thuận",
    facilitators: "Lan; Bảy",
    minutes: "90",
    counts: &[("attended", "31"), ("female", "18"), ("khmer", "9"), ("elderly", "6")],
    note: "Bà con đường Nghiêng tập huấn rất hăng hái",
};

impl Evening {
    /// The number in a column.
    pub fn count(&self, column: &str) -> &'static str {
        self.counts
            .iter()
            .find(|(name, _)| *name == column)
            .map_or("", |(_, number)| number)
    }
}

/// Types the code on the first screen, looks at the unit it belongs to, and confirms.
pub async fn enrol(screen: &Screen, code: &str, unit: &str, name: &str) -> Outcome {
    screen.type_into("start-code", code).await?;
    screen.click("start-lookup").await?;
    screen.wait_for_text("start-unit", unit).await?;
    screen.retype("start-user", name).await?;
    screen.click("start-confirm").await?;
    screen.wait_for("new-session").await.map(drop)
}

/// Fills in the entry form without saving.
pub async fn write_down(screen: &Screen, evening: &Evening) -> Outcome {
    let Evening {
        date,
        topic,
        form,
        venue,
        facilitators,
        minutes,
        counts,
        note,
    } = evening;
    screen.click("new-session").await?;
    screen.retype("field-date", date).await?;
    screen.type_into("field-topics", topic).await?;
    screen.press(&[], Key::Enter.into()).await?;
    screen.choose("field-form", form).await?;
    screen.retype("field-venue", venue).await?;
    screen.retype("field-facilitators", facilitators).await?;
    screen.retype("field-duration_minutes", minutes).await?;
    for (column, number) in *counts {
        screen.retype(&format!("count-adult-{column}"), number).await?;
    }
    screen.retype("field-note", note).await
}

/// Fills in the form, saves, and reads that it is on this machine.
pub async fn record(screen: &Screen, evening: &Evening) -> Outcome<String> {
    write_down(screen, evening).await?;
    screen.click("save").await?;
    screen.wait_for_text("saved-notice", "Đã lưu trên máy").await
}

/// Goes to the sync screen, sends, and waits until the centre has everything. Returns the receipt's lines.
pub async fn send(screen: &Screen) -> Outcome<Vec<(String, String)>> {
    screen.click("nav-sync").await?;
    screen.wait_for("sync-now").await?;
    screen.press(&[], Key::F5.into()).await?;
    screen.click("sync-tab-sent").await?;
    screen.wait_for("sync-row").await?;
    screen.wait_for("receipt").await?;
    let script = "return [...document.querySelectorAll('[data-testid=receipt] dt')].map(
        (name) => [name.innerText, name.nextElementSibling.innerText])";
    Ok(serde_json::from_value(screen.ask(script).await?)?)
}
