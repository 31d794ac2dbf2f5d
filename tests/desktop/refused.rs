use std::sync::Arc;

use hocvu_app::{App, FileKeys, Setup};
use hocvu_model::RecordId;
use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::SCHEMA_VERSION;
use hocvu_store::Append;
use hocvu_tests::centre::HAMLET;
use hocvu_tests::flows::{EVENING, record, send};
use hocvu_tests::{Desktop, Outcome, Trouble};
use serde_json::{Value, json};

use crate::pc::{Office, enrolled, watched};

#[tokio::test]
async fn a_refused_session_says_why_is_mended_and_blocks_nothing() -> Outcome {
    let office = Office::open().await?;
    let mut pc = enrolled(&office)?;
    bad_session(&pc)?;
    watched("refused", &mut pc, async |pc| {
        let screen = pc.open().await?;
        record(&screen, &EVENING).await?;
        send(&screen).await?;
        assert_eq!(
            office.centre.figures(HAMLET.0)?["total"]["sessions"],
            1,
            "the good session is counted"
        );

        screen.click("sync-tab-refused").await?;
        screen
            .wait_for_text("sync-row", "Nữ (25) lớn hơn tổng số (22). Sửa một trong hai ô.")
            .await?;
        screen.click("fix-now").await?;
        assert_eq!(
            screen.value("count-adult-female").await?,
            "25",
            "the figures stay as they were"
        );
        screen.retype("count-adult-female", "15").await?;
        screen.click("save").await?;
        screen.wait_for_text("saved-notice", "Đã lưu trên máy").await?;
        send(&screen).await?;
        screen.wait_for_text("sync-tab-refused", "0").await?;
        let figures = office.centre.figures(HAMLET.0)?;
        assert_eq!(figures["total"]["sessions"], 2, "{figures}");
        assert_eq!(figures["total"]["attended"], 31 + 22, "{figures}");
        Ok(())
    })
    .await
}

/// What an older or a broken program might have written: figures that no rule of this one lets through.
fn bad_session(pc: &Desktop) -> Outcome {
    let setup = Setup {
        folder: pc.data().to_owned(),
        centre: String::new(),
        announcer: Arc::new(|_| {}),
    };
    let app = App::open(setup, &FileKeys).map_err(|error| Trouble(error.to_string()))?;
    let body = json!({
        "date": "2025-11-12",
        "form": "class",
        "topics": ["vneid"],
        "counts": [{ "group": "adult", "attended": 22, "female": 25 }],
    });
    let Value::Object(body) = body else {
        return Err("not an object".into());
    };
    let written = app.store().write(|tx| {
        tx.append(&Append {
            record: RecordId(uuid::Uuid::new_v4()),
            kind: Kind::Put,
            record_type: TRAINING_SESSION,
            schema_version: SCHEMA_VERSION,
            unit: &HAMLET.0.into(),
            set: Some(&body),
            reason: None,
            void: None,
            supersedes: &[],
            at: 1_762_900_000,
            findings: &[],
        })
    });
    written.map(drop).map_err(|error| Trouble(error.to_string()))
}
