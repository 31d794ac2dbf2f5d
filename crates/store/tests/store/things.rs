use std::collections::BTreeMap;

use hocvu_store::{DiaryLine, Draft, Error, Unsaved};

use crate::kit::*;

#[test]
fn drafts_are_kept_replaced_and_discarded() {
    let device = Device::new();
    let draft = |id: &str, form: &str| Draft {
        id: id.into(),
        record_id: None,
        form: form.into(),
        at: NOW.into(),
    };
    device
        .store
        .write(|w| {
            w.put_draft(&draft("a", "{}"))?;
            w.put_draft(&Draft {
                record_id: Some(id(4)),
                ..draft("b", "{}")
            })?;
            w.put_draft(&draft("a", "{\"date\":\"22\"}"))
        })
        .unwrap();
    let device = device.reopen();
    let drafts = device.store.read(|r| r.drafts()).unwrap();
    assert_eq!(
        drafts.iter().map(|draft| draft.id.as_str()).collect::<Vec<_>>(),
        ["b", "a"]
    );
    assert_eq!(drafts[0].record_id, Some(id(4)));
    assert_eq!(
        device.store.read(|r| r.draft("a")).unwrap().unwrap().form,
        "{\"date\":\"22\"}"
    );
    assert!(device.store.write(|w| w.discard_draft("a")).unwrap());
    assert!(!device.store.write(|w| w.discard_draft("a")).unwrap());
}

#[test]
fn what_was_typed_and_not_saved_outlives_the_program_and_counts_as_nothing() {
    let device = Device::new();
    let put = |key: &str, text: &str| {
        let kept = Unsaved {
            key: key.into(),
            unit: "u:truong".into(),
            text: text.into(),
            at: NOW.into(),
        };
        device.store.write(|w| w.put_unsaved(&kept)).unwrap();
    };
    put("coverage|u:truong|a", "1");
    put("coverage|u:truong|b", "2");
    put("figures|team|", "3");
    put("coverage|u:truong|a", "4");
    let device = device.reopen();
    let kept = |prefix: &str| -> Vec<(String, String)> {
        let kept = device.store.read(|r| r.unsaved(prefix)).unwrap();
        kept.into_iter().map(|kept| (kept.key, kept.text)).collect()
    };
    let pair = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    assert_eq!(
        kept("coverage|"),
        [pair("coverage|u:truong|a", "4"), pair("coverage|u:truong|b", "2")],
        "what was typed last is first"
    );
    assert_eq!(kept("figures|"), [pair("figures|team|", "3")]);
    assert!(kept("%").is_empty(), "a prefix is no pattern");
    device
        .store
        .read(|r| {
            assert!(r.units_named()?.contains(&"u:truong".into()), "its unit is in use");
            assert!(r.drafts()?.is_empty(), "no session");
            assert_eq!(r.tally()?.waiting, 0, "nothing to send");
            Ok(())
        })
        .unwrap();
    assert!(device.store.write(|w| w.drop_unsaved("coverage|u:truong|a")).unwrap());
    assert!(!device.store.write(|w| w.drop_unsaved("coverage|u:truong|a")).unwrap());
    assert_eq!(kept("coverage|"), [pair("coverage|u:truong|b", "2")]);
}

#[test]
fn lines_of_what_was_typed_go_with_their_save_or_not_at_all() {
    let device = Device::new();
    let text = "head\none\ntwo\nthree";
    let kept = Unsaved {
        key: "coverage|a".into(),
        unit: "u:truong".into(),
        text: text.into(),
        at: NOW.into(),
    };
    device.store.write(|w| w.put_unsaved(&kept)).unwrap();
    let now = || -> Vec<String> {
        let kept = device.store.read(|r| r.unsaved("")).unwrap();
        kept.into_iter().map(|kept| kept.text).collect()
    };
    let lines = |lines: &[&'static str]| lines.iter().copied().collect();
    let failed = device.store.write(|w| {
        w.drop_unsaved_lines("coverage|a", &lines(&["one", "two", "three"]), false)?;
        Err::<(), _>(hocvu_store::Error::NotFound("record"))
    });
    assert!(failed.is_err());
    assert_eq!(now(), [text], "with a save that failed nothing goes");
    let save = |gone: &[&'static str], stays| {
        device
            .store
            .write(|w| w.drop_unsaved_lines("coverage|a", &lines(gone), stays))
            .unwrap();
    };
    save(&["one", "two as it was"], false);
    assert_eq!(now(), ["head\ntwo\nthree"], "what was typed over since stays");
    save(&["two", "three"], true);
    assert_eq!(now(), ["head"], "something of the first line is not saved");
    save(&[], false);
    assert!(now().is_empty(), "nothing is left that the first line says anything of");
    save(&["one"], false); // Nothing is kept there.
}

#[test]
fn settings_and_position_are_kept() {
    let device = Device::new();
    assert_eq!(device.store.read(|r| r.cursor()).unwrap(), None);
    device
        .store
        .write(|w| {
            w.put_setting("text_scale", "1.25")?;
            w.put_setting("text_scale", "1.5")?;
            w.set_position("e7", "c9")
        })
        .unwrap();
    device
        .store
        .read(|r| {
            assert_eq!(r.setting("text_scale")?.as_deref(), Some("1.5"));
            assert_eq!(r.setting("other")?, None);
            assert_eq!(
                (r.epoch()?.as_deref(), r.cursor()?.as_deref()),
                (Some("e7"), Some("c9"))
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_diary_keeps_its_newest_lines() {
    let device = Device::new();
    let params = |n: usize| BTreeMap::from([("n".to_owned(), n.to_string())]);
    device
        .store
        .write(|w| (0..2_005).try_for_each(|n| w.diary_append(NOW, "round", &params(n))))
        .unwrap();
    let lines = device.store.read(|r| r.diary_lines(9_999)).unwrap();
    assert_eq!(lines.len(), 2_000);
    assert_eq!(
        lines[0],
        DiaryLine {
            at: NOW.into(),
            code: "round".into(),
            params: params(2_004)
        }
    );
}

#[test]
fn an_identity_survives_and_its_keys_are_not_printed() {
    let device = Device::new().reopen();
    let read = device.store.read(|r| r.identity()).unwrap();
    assert_eq!(read, Some(identity(LOG)));
    assert!(!format!("{read:?}").contains("[1, 1"), "keys must not reach a log");
}

#[test]
fn nothing_is_appended_by_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = hocvu_store::Store::open(&dir.path().join("a.db"), &key()).unwrap();
    assert_eq!(store.read(|r| r.identity()).unwrap(), None);
    let refused = store.write(|w| put(w, 1, "u:1", &a_session("2025-11-22", 22, 13)));
    assert!(matches!(refused, Err(Error::NotFound("identity"))));
}
