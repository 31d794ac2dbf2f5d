//! Photos on the command line, from the picture file to the file of the photo.

use crate::enrolled;
use hocvu_tests::{Folder, Outcome};

/// A picture of a phone becomes a photo of the session, without the place it was taken at, and comes back as a file.
#[tokio::test]
async fn photos_go_with_a_session_and_come_back_as_files() -> Outcome {
    let folder = Folder::new()?;
    let (_centre, cli) = enrolled(&folder).await?;
    let files = folder.inside("files")?;
    let (picture, letter, back) = (files.join("a.jpg"), files.join("b.pdf"), files.join("c.jpg"));
    std::fs::write(&picture, hocvu_testkit::picture(900, 600, 1))?;
    std::fs::write(&letter, b"%PDF-1.7")?;
    let add = |file: &std::path::Path| {
        let file = file.display().to_string();
        let words = [
            "session",
            "add",
            "--date",
            "20/11/2025",
            "--topic",
            "vneid",
            "--count",
            "adult:attended=9",
        ];
        [
            words.map(str::to_owned).as_slice(),
            &["--photo".into(), file, "--json".into()],
        ]
        .concat()
    };
    let words = add(&letter);
    let said = cli.refused(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
    assert!(said.contains("Tệp này không phải ảnh đọc được"), "{said}");
    let words = add(&picture);
    let saved = cli.json(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
    let id = saved["id"].as_str().unwrap_or_default();
    let shown = cli.json(&["session", "show", id, "--json"])?;
    assert_eq!(shown["photos"]["photos"][0]["state"], "waiting");
    let photo = shown["photos"]["photos"][0]["sha256"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(cli.run(&["sync"])?.status.success());
    let text = String::from_utf8_lossy(&cli.run(&["session", "show", id])?.stdout).into_owned();
    assert!(text.contains("1/1 ảnh đã gửi") && text.contains("đã gửi"), "{text}");
    let words = ["session", "photo", "save", &photo, &back.display().to_string()];
    assert!(cli.run(&words)?.status.success());
    let photo_bytes = std::fs::read(&back)?;
    assert!(photo_bytes.starts_with(&[0xff, 0xd8]) && photo_bytes.len() <= 150 * 1024);
    let canary = hocvu_testkit::PICTURE_CANARY;
    assert!(!photo_bytes.windows(canary.len()).any(|window| window == canary));
    assert!(cli.run(&["session", "photo", "remove", id, &photo])?.status.success());
    assert_eq!(
        cli.json(&["session", "show", id, "--json"])?["photos"]["photos"],
        serde_json::json!([])
    );
    Ok(())
}
