//! Photos from the picture file of a phone to the screen of an officer, over links that break.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hocvu_app::contract::{
    AttachmentForm, BeginInput, BeginView, Done, DraftInput, ErrorBody, IdInput, NoInput, PhotoAddInput, PhotoData,
    PhotoInput, PhotoSending, PhotoState, PhotoTally, PhotosView, SaveView, SavedAt, SessionPhotoInput, Settings,
    SyncTab,
};
use hocvu_model::session::PhotoId;
use hocvu_testkit::{Device, Fault, PICTURE_CANARY, TestCentral, form, picture};

use crate::NOW;

/// Takes a picture in, for a form.
fn take(device: &Device, mark: u8) -> AttachmentForm {
    let input = PhotoAddInput {
        record_id: None,
        data: STANDARD.encode(picture(1_400, 1_000, mark)),
        caption: String::new(),
    };
    device.call("photo.add", input).expect("a good picture")
}

/// A session with photos.
fn save(device: &Device, centre: &TestCentral, photos: Vec<AttachmentForm>) -> SaveView {
    let mut form = form(&centre.hamlet(), "20/11/2025");
    form.attachments = photos;
    device.save(form).expect("a good session")
}

fn list(device: &Device, id: &str) -> PhotosView {
    device.call("photo.list", IdInput { id: id.into() }).expect("readable")
}

fn states(device: &Device, id: &str) -> Vec<PhotoState> {
    list(device, id).photos.iter().map(|photo| photo.state).collect()
}

fn bytes(device: &Device, sha256: &str) -> Result<Vec<u8>, ErrorBody> {
    let input = PhotoInput { sha256: sha256.into() };
    let shown: PhotoData = device.call("photo.read", input)?;
    let data = shown
        .url
        .strip_prefix("data:image/jpeg;base64,")
        .expect("an address of data");
    Ok(STANDARD.decode(data).expect("base64"))
}

fn tally(device: &Device) -> PhotoTally {
    device.status().photos
}

fn send_photos(device: &Device, photos: PhotoSending) {
    let state: hocvu_app::contract::AppState = device.call("app.state", NoInput {}).expect("the state");
    let settings = Settings {
        photos,
        ..state.settings
    };
    let _: Settings = device.call("settings.write", settings).expect("kept");
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn a_photo_reaches_the_centre_and_an_officer_who_asks_for_it() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let photos = vec![take(&hamlet, 1), take(&hamlet, 2), take(&hamlet, 3)];
    assert_eq!(tally(&hamlet).total, 0, "a form's photos are no facts yet");
    let saved = save(&hamlet, &centre, photos.clone());
    assert_eq!(
        (states(&hamlet, &saved.id), list(&hamlet, &saved.id).sent),
        (vec![PhotoState::Waiting; 3], 0)
    );
    hamlet.sync().await.expect("a good link");
    assert_eq!(
        (states(&hamlet, &saved.id), list(&hamlet, &saved.id).sent),
        (vec![PhotoState::Sent; 3], 3)
    );
    assert_eq!(
        tally(&hamlet),
        PhotoTally {
            total: 3,
            sent: 3,
            refused: 0
        }
    );

    let officer = Device::new(NOW, 2);
    officer.enrol(&centre, &centre.commune()).await;
    officer.sync().await.expect("a good link");
    assert_eq!(
        states(&officer, &saved.id),
        [PhotoState::Absent; 3],
        "nothing is fetched unasked"
    );
    let wanted = &photos[1].sha256;
    let _: Done = officer
        .call(
            "photo.fetch",
            SessionPhotoInput {
                id: saved.id.clone(),
                sha256: wanted.clone(),
            },
        )
        .expect("asked");
    assert_eq!(states(&officer, &saved.id)[1], PhotoState::Fetching);
    officer.link.plan_photo(Fault::LoseReply);
    officer.sync().await.expect("operations are not concerned");
    officer.sync().await.expect("a good link");
    assert_eq!(
        states(&officer, &saved.id),
        [PhotoState::Absent, PhotoState::Sent, PhotoState::Absent]
    );
    let seen = bytes(&officer, wanted).expect("here");
    assert_eq!(Ok(&seen), bytes(&hamlet, wanted).as_ref());
    assert!(
        !holds(&seen, PICTURE_CANARY),
        "where and by whom it was taken stayed on the phone"
    );
    assert_eq!(tally(&officer).total, 0, "it is none of the officer's own");
}

/// Each kind of break, at one chunk after the other: operations pass, what was confirmed stays, the photo arrives whole.
#[tokio::test]
async fn i5_a_link_that_breaks_in_photos_delays_no_operation_and_loses_no_byte() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let saved = save(&hamlet, &centre, vec![take(&hamlet, 1)]);
    let mut confirmed = 0;
    for (round, fault) in [
        Fault::LoseRequest,
        Fault::LoseReply,
        Fault::CaptivePortal,
        Fault::Duplicate,
        Fault::LoseRequest,
        Fault::LoseReply,
    ]
    .into_iter()
    .enumerate()
    {
        if states(&hamlet, &saved.id) == [PhotoState::Sent] {
            break;
        }
        let next = save(&hamlet, &centre, Vec::new());
        // One chunk arrives, the next one meets the fault.
        hamlet.link.plan_photo(Fault::None);
        hamlet.link.plan_photo(fault);
        hamlet.sync().await.expect("the round is fine whatever photos meet");
        assert!(
            hamlet.read(&next.id).receipt.is_some(),
            "round {round}: the session has its receipt"
        );
        let now = list(&hamlet, &saved.id).photos[0].confirmed;
        assert!(now > confirmed, "round {round}: {now} after {confirmed}");
        confirmed = now;
    }
    hamlet.sync().await.expect("a good link");
    assert_eq!(states(&hamlet, &saved.id), [PhotoState::Sent]);
    assert_eq!(hamlet.status().waiting, 0);
}

#[tokio::test]
async fn a_photo_the_centre_refuses_says_so_and_the_next_one_is_sent() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    // Another program on this machine might have put it there: it still carries a place.
    let bad = picture(200, 100, 7);
    let id = hamlet
        .app()
        .store()
        .write(|tx| tx.put_photo(&bad))
        .expect("the store works");
    let bad = AttachmentForm {
        sha256: id.to_string(),
        size: u32::try_from(bad.len()).expect("small"),
        caption: String::new(),
    };
    let saved = save(&hamlet, &centre, vec![bad.clone(), take(&hamlet, 1)]);
    hamlet.sync().await.expect("a good link");
    assert_eq!(states(&hamlet, &saved.id), [PhotoState::Refused, PhotoState::Sent]);
    assert_eq!(
        tally(&hamlet),
        PhotoTally {
            total: 2,
            sent: 1,
            refused: 1
        }
    );
    assert!(bytes(&hamlet, &bad.sha256).is_ok(), "I20: it stays here");
    hamlet.sync().await.expect("a good link");
    assert_eq!(
        states(&hamlet, &saved.id)[0],
        PhotoState::Refused,
        "and is not sent again"
    );
}

#[tokio::test]
async fn photos_wait_while_they_are_switched_off() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    send_photos(&hamlet, PhotoSending::Off);
    let saved = save(&hamlet, &centre, vec![take(&hamlet, 1)]);
    hamlet.sync().await.expect("a good link");
    assert!(hamlet.read(&saved.id).receipt.is_some(), "the session itself is sent");
    assert_eq!(states(&hamlet, &saved.id), [PhotoState::Waiting]);
    send_photos(&hamlet, PhotoSending::GoodLink);
    hamlet.sync().await.expect("a good link");
    assert_eq!(states(&hamlet, &saved.id), [PhotoState::Sent]);
}

/// The office lost the files and restored yesterday's database: the photo is offered again with nobody acting.
#[tokio::test]
async fn i11_photos_a_restored_centre_lacks_are_sent_again() {
    let mut centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let saved = save(&hamlet, &centre, vec![take(&hamlet, 1)]);
    hamlet.sync().await.expect("a good link");
    assert_eq!(tally(&hamlet).sent, 1);
    std::fs::remove_dir_all(centre.database().with_file_name("blobs")).expect("the files were there");
    {
        let db = rusqlite::Connection::open(centre.database()).expect("the database");
        db.execute("UPDATE meta SET value = 'after' WHERE key = 'epoch'", [])
            .expect("another epoch");
    }
    centre.restart().await;
    hamlet
        .app()
        .store()
        .write(|tx| move_to(tx, &centre.url()))
        .expect("the store works");
    hamlet.sync().await.expect("a good link");
    assert_eq!(states(&hamlet, &saved.id), [PhotoState::Sent]);
    let file = centre.database().with_file_name("blobs");
    let id = &list(&hamlet, &saved.id).photos[0].sha256;
    assert!(file.join(&id[..2]).join(id).exists(), "the file is there again");
}

/// The centre came back at another address: tests give it a free port each time.
fn move_to(tx: &hocvu_store::Write<'_>, url: &str) -> hocvu_store::Result<()> {
    let mut identity = tx.identity()?.expect("enrolled");
    identity.centre = url.to_owned();
    tx.put_identity(&identity, 1)
}

#[tokio::test]
async fn i1_photos_of_a_draft_survive_a_restart_and_those_of_a_discarded_one_go() {
    let centre = TestCentral::start().await;
    let mut hamlet = Device::enrolled(&centre, NOW, 1).await;
    let (kept, dropped) = (take(&hamlet, 1), take(&hamlet, 2));
    let begin: BeginView = hamlet.call("session.begin", BeginInput::New).expect("a form");
    let mut typed = begin.form;
    typed.attachments = vec![kept.clone()];
    let draft = DraftInput {
        draft_id: begin.draft_id.clone(),
        record_id: None,
        form: typed,
    };
    let _: SavedAt = hamlet.call("draft.save", draft).expect("on the disk");
    hamlet.restart();
    let again: BeginView = hamlet
        .call(
            "session.begin",
            BeginInput::Draft {
                id: begin.draft_id.clone(),
            },
        )
        .expect("the draft");
    assert_eq!(again.form.attachments, std::slice::from_ref(&kept));
    assert!(bytes(&hamlet, &kept.sha256).is_ok());
    assert!(bytes(&hamlet, &dropped.sha256).is_err(), "no form names it any more");
    // A form that still names it is told, and nothing is saved that could never arrive.
    let mut form = form(&centre.hamlet(), "20/11/2025");
    form.attachments = vec![dropped];
    let refused = hamlet.save(form).expect_err("its bytes are gone");
    assert_eq!(refused.findings[0].code, "attachment_missing");
}

#[tokio::test]
async fn a_photo_is_added_captioned_and_removed_by_patches_that_history_shows() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let saved = save(&hamlet, &centre, Vec::new());
    let input = PhotoAddInput {
        record_id: Some(saved.id.clone()),
        data: STANDARD.encode(picture(300, 200, 5)),
        caption: "  Bà con xem VNeID ".into(),
    };
    let added: AttachmentForm = hamlet.call("photo.add", input.clone()).expect("a good picture");
    assert_eq!(list(&hamlet, &saved.id).photos[0].caption, "Bà con xem VNeID");
    let twice: Result<AttachmentForm, ErrorBody> = hamlet.call("photo.add", input);
    assert_eq!(
        twice.expect_err("it is there already").findings[0].code,
        "attachment_twice"
    );
    let photo = SessionPhotoInput {
        id: saved.id.clone(),
        sha256: added.sha256.clone(),
    };
    let _: Done = hamlet.call("photo.remove", photo).expect("removed");
    assert_eq!(list(&hamlet, &saved.id).photos, []);
    let history = hamlet.read(&saved.id).history;
    let change = &history[0].changes[0];
    assert_eq!(
        (change.path.as_str(), change.from.as_str(), change.to.as_str()),
        ("attachments", "Bà con xem VNeID", "")
    );
    assert!(bytes(&hamlet, &added.sha256).is_ok(), "the history can still show it");
    hamlet.sync().await.expect("a good link");
    assert_eq!(hamlet.operations(SyncTab::Sent).total, 3);
    assert_eq!(tally(&hamlet).sent, 1, "evidence somebody removed is still evidence");
    let repeated: BeginView = hamlet.call("session.begin", BeginInput::RepeatLast).expect("a form");
    assert_eq!(repeated.form.attachments, [], "photos are of one session");
}

#[tokio::test]
async fn i13_another_commune_cannot_see_a_photo_even_by_its_name() {
    let centre = TestCentral::start().await;
    centre.add_unit("u:khac", "new:29254", "Ấp Khác").await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let photo = take(&hamlet, 1);
    save(&hamlet, &centre, vec![photo.clone()]);
    hamlet.sync().await.expect("a good link");
    let stranger = Device::new(NOW, 2);
    stranger.enrol(&centre, "u:khac").await;
    let id: PhotoId = photo.sha256.parse().expect("a name");
    stranger
        .app()
        .store()
        .write(|tx| tx.want_photo(id, photo.size))
        .expect("the store works");
    stranger.sync().await.expect("a good link");
    let wanted = stranger
        .app()
        .store()
        .read(|read| read.wanted_photo(id))
        .expect("readable");
    assert_eq!(wanted.and_then(|wanted| wanted.code).as_deref(), Some("NOT_FOUND"));
    assert!(bytes(&stranger, &photo.sha256).is_err());
}

#[test]
fn what_is_no_picture_says_what_to_do() {
    let device = Device::new(NOW, 1);
    for (data, code) in [
        (STANDARD.encode(b"%PDF-1.7"), "photo_unreadable"),
        (STANDARD.encode(&picture(300, 200, 1)[..900]), "photo_damaged"),
        ("not base64".into(), "photo_damaged"),
    ] {
        let input = PhotoAddInput {
            record_id: None,
            data,
            caption: String::new(),
        };
        let refused: Result<AttachmentForm, ErrorBody> = device.call("photo.add", input);
        assert_eq!(refused.expect_err("no picture").findings[0].code, code);
    }
}
