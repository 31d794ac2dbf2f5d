//! `mirror`: a copy in PostgreSQL for an office's own questions.

use std::process::ExitCode;

use super::{Shown, open_reader, say, say_json};
use crate::error::Result;
use crate::mirror;

/// Brings the mirror up to date; with `check` proves it afterwards.
pub(super) fn mirror(shown: &Shown, to: &str, check: bool) -> Result<ExitCode> {
    let reader = open_reader(&shown.file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mirrored, checked) = runtime.block_on(async {
        let mut client = mirror::connect(to).await?;
        let mirrored = mirror::bring_up(reader.db(), &mut client).await?;
        let checked = match check {
            true => Some(mirror::check(reader.db(), &client).await?),
            false => None,
        };
        Ok::<_, crate::error::Error>((mirrored, checked))
    })?;
    let sound = checked.as_ref().is_none_or(|checked| checked.faults.is_empty());
    if shown.json {
        say_json(&serde_json::json!({ "mirrored": mirrored, "checked": checked }))?;
    } else {
        say(&format!(
            "Đã chép {} thao tác, {} bản ghi; bản sao đến số {}{}.",
            mirrored.operations,
            mirrored.records,
            mirrored.fseq,
            if mirrored.anew {
                " (chép lại từ đầu)"
            } else {
                ""
            }
        ));
        if let Some(checked) = checked {
            checked.faults.iter().for_each(|fault| say(&format!("SAI: {fault}")));
            if sound {
                say(&format!(
                    "{} thao tác, {} bản ghi trong bản sao: mọi thứ khớp.",
                    checked.operations, checked.records
                ));
            }
        }
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
