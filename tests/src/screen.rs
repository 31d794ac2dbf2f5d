//! What a person sees and does: fields are named by `data-testid`, keys go to whatever has the focus.

use std::path::Path;
use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::places::axe_source;
use crate::trouble::{Outcome, Trouble, until};

/// How long a screen may take on a busy machine. Nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The screen of an open app.
#[derive(Clone)]
pub struct Screen {
    client: Client,
}

impl Screen {
    /// Over a WebDriver session.
    pub fn new(client: Client) -> Screen {
        Screen { client }
    }

    /// Waits until the first screen stands there.
    pub async fn painted(&self) -> Outcome {
        self.wait_for_css("main, [role=alert]").await.map(drop)
    }

    /// Waits until a part is there.
    pub async fn wait_for(&self, id: &str) -> Outcome<Element> {
        self.wait_for_css(&by_id(id)).await
    }

    /// Waits until a part is gone.
    pub async fn wait_gone(&self, id: &str) -> Outcome {
        until(format!("{id} goes away"), PATIENCE, async || {
            Ok(self.all(id).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Waits until a part's text holds `words`, and returns the text.
    pub async fn wait_for_text(&self, id: &str, words: &str) -> Outcome<String> {
        let mut seen = Vec::new();
        let found = until(format!("{id} says “{words}”"), PATIENCE, async || {
            seen = self.texts(id).await?;
            Ok(seen.iter().find(|text| text.contains(words)).cloned())
        })
        .await;
        found.map_err(|trouble| Trouble(format!("{trouble}; it says {seen:?}")))
    }

    /// The texts of all parts of that name, now.
    pub async fn texts(&self, id: &str) -> Outcome<Vec<String>> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((part) => part.innerText)";
        let texts = self.client.execute(script, vec![json!(by_id(id))]).await?;
        Ok(serde_json::from_value(texts)?)
    }

    /// What stands in a field.
    pub async fn value(&self, id: &str) -> Outcome<String> {
        Ok(self.wait_for(id).await?.prop("value").await?.unwrap_or_default())
    }

    /// Clicks a part, as soon as it can be clicked.
    pub async fn click(&self, id: &str) -> Outcome {
        self.click_css(&by_id(id)).await
    }

    /// Clicks inside a part: WebKit's driver holds table rows for nothing that can be clicked, their cells it takes.
    pub async fn click_inside(&self, id: &str, css: &str) -> Outcome {
        self.click_css(&format!("{} {css}", by_id(id))).await
    }

    /// Clicks in the one of several parts that is about `of` (its `data-id` or `data-code`), on itself or on what `css` finds in it.
    pub async fn click_of(&self, id: &str, of: &str, css: &str) -> Outcome {
        self.click_css(&format!(
            "{}:is([data-id=\"{of}\"], [data-code=\"{of}\"]) {css}",
            by_id(id)
        ))
        .await
    }

    /// Types into a field, after what stands there.
    pub async fn type_into(&self, id: &str, text: &str) -> Outcome {
        Ok(self.wait_for(id).await?.send_keys(text).await?)
    }

    /// Types a text in place of what stands in a field.
    pub async fn retype(&self, id: &str, text: &str) -> Outcome {
        let field = self.wait_for(id).await?;
        self.client
            .execute(
                "arguments[0].focus(); arguments[0].select()",
                vec![serde_json::to_value(&field)?],
            )
            .await?;
        Ok(field.send_keys(text).await?)
    }

    /// Chooses an option of a drop-down list.
    pub async fn choose(&self, id: &str, value: &str) -> Outcome {
        Ok(self.wait_for(id).await?.select_by_value(value).await?)
    }

    /// Presses a key, with others held.
    pub async fn press(&self, held: &[Key], key: char) -> Outcome {
        let down = held.iter().map(|key| char::from(*key)).chain([key]);
        let up = std::iter::once(key).chain(held.iter().rev().map(|key| char::from(*key)));
        let keys = down
            .map(|value| KeyAction::Down { value })
            .chain(up.map(|value| KeyAction::Up { value }))
            .fold(KeyActions::new("keyboard".to_owned()), |keys, action| keys.then(action));
        Ok(self.client.perform_actions(keys).await?)
    }

    /// The `data-testid` of what has the focus.
    pub async fn focus(&self) -> Outcome<String> {
        let focus = self
            .client
            .execute("return document.activeElement?.dataset.testid ?? ''", vec![])
            .await?;
        Ok(focus.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script that returns a value.
    pub async fn ask(&self, script: &str) -> Outcome<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// All WCAG 2.2 A and AA violations axe-core finds, as sentences.
    pub async fn accessibility(&self) -> Outcome<Vec<String>> {
        if self.ask("return typeof window.axe").await? != "object" {
            self.client.execute(&axe_source()?, vec![]).await?;
        }
        let script = "
            const done = arguments[arguments.length - 1];
            const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
            axe.run(document, { runOnly }).then(
                ({ violations }) => done(violations.map(({ id, help, nodes }) =>
                    `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)),
                (error) => done([String(error)]),
            );";
        Ok(serde_json::from_value(
            self.client.execute_async(script, vec![]).await?,
        )?)
    }

    /// Leaves a picture of the screen, once what changed last is painted.
    pub async fn picture(&self, file: &Path) -> Outcome {
        let painted = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
            setTimeout(done, 2000);";
        self.client.execute_async(painted, vec![]).await?;
        Ok(std::fs::write(file, self.client.screenshot().await?)?)
    }

    /// Ends the session and with it the app.
    pub async fn close(self) -> Outcome {
        Ok(self.client.close().await?)
    }

    async fn click_css(&self, css: &str) -> Outcome {
        until(format!("{css} can be clicked"), PATIENCE, async || {
            let parts = self.client.find_all(Locator::Css(css)).await?;
            let Some(part) = parts.into_iter().next() else {
                return Ok(None);
            };
            part.click().await?;
            Ok(Some(()))
        })
        .await
    }

    async fn wait_for_css(&self, css: &str) -> Outcome<Element> {
        until(format!("{css} is there"), PATIENCE, async || {
            Ok(self.client.find_all(Locator::Css(css)).await?.into_iter().next())
        })
        .await
    }

    async fn all(&self, id: &str) -> Outcome<Vec<Element>> {
        Ok(self.client.find_all(Locator::Css(&by_id(id))).await?)
    }
}

fn by_id(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
