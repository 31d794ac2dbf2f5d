use hocvu_tests::flows::EVENING;
use hocvu_tests::{Desktop, Device, Outcome, flows};
use serde_json::Value;

use crate::pc::{NOWHERE, Office, enrolled, watched, with_sample};

/// Two marks on a letter, horns, đ, Khmer: what loses bytes first.
const TEXT: &str = "Thí hủ tập huấn đường nghiêng Ẫ Ở ặ ខ្មែរ";

#[tokio::test]
async fn every_text_field_of_the_entry_form_takes_vietnamese_byte_for_byte() -> Outcome {
    let mut pc = Desktop::new(NOWHERE)?;
    watched("typing", &mut pc, async |pc| {
        let screen = with_sample(pc).await?;
        screen.click("new-session").await?;
        screen.wait_for("field-note").await?;
        let script = "return [...document.querySelectorAll('[data-testid=entry] input[type=text], [data-testid=entry] textarea')]
            .map((field) => field.dataset.testid)";
        let fields: Vec<String> = serde_json::from_value(screen.ask(script).await?)?;
        assert!(fields.len() > 10, "the form's text fields: {fields:?}");
        for field in &fields {
            screen.retype(field, TEXT).await?;
            assert_eq!(screen.value(field).await?, TEXT, "in {field}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_was_typed_is_what_is_stored() -> Outcome {
    let office = Office::open().await?;
    let mut pc = enrolled(&office)?;
    watched("stored", &mut pc, async |pc| {
        let evening = flows::Evening {
            venue: "Chùa Ông Mẹt ខ្មែរ",
            note: TEXT,
            ..EVENING
        };
        flows::record(&pc.open().await?, &evening).await?;
        pc.close().await?;
        let list: Value =
            serde_json::from_str(&Device::new(pc.data()).run(&["session", "list", "--json", "--text", "tap huan"])?)?;
        assert_eq!(list["totals"]["sessions"], 1, "found without marks: {list}");
        assert_eq!(list["rows"][0]["venue"], evening.venue, "{list}");
        Ok(())
    })
    .await
}
