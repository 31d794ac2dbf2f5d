use hocvu_model::session::PhotoId;
use hocvu_store::{Photo, PhotoState, PhotoTally};
use serde_json::{Value, json};

use crate::kit::{Device, a_session};

fn bytes(mark: u8, size: usize) -> Vec<u8> {
    vec![mark; size]
}

fn naming(photos: &[PhotoId]) -> Value {
    let mut session = a_session("2025-11-20", 3, 1);
    session["attachments"] = photos
        .iter()
        .map(|id| json!({ "sha256": id.to_string(), "size": 9, "kind": "image/jpeg" }))
        .collect();
    session
}

impl Device {
    fn photo(&self, id: PhotoId) -> Option<Photo> {
        self.store.read(|r| r.photo(id)).unwrap()
    }

    fn tally(&self) -> PhotoTally {
        self.store.read(|r| r.photo_tally()).unwrap()
    }

    fn put(&self, bytes: &[u8]) -> PhotoId {
        self.store.write(|w| w.put_photo(bytes)).unwrap()
    }
}

#[test]
fn i1_a_photo_is_as_durable_as_the_session_that_names_it() {
    let device = Device::new();
    let id = device.put(&bytes(1, 9));
    assert_eq!(device.tally().total, 0, "a form's photo is no fact yet");
    let refused = device.store.write(|w| {
        crate::kit::put(w, 1, "u:1", &naming(&[id]))?;
        Err::<(), _>(hocvu_store::Error::NotFound("anything"))
    });
    assert!(refused.is_err());
    assert_eq!(
        device.photo(id).unwrap().state,
        PhotoState::Draft,
        "one transaction for both"
    );
    device.save(1, naming(&[id]));
    let device = device.reopen();
    assert_eq!(device.photo(id).unwrap().state, PhotoState::Waiting);
    assert_eq!(device.store.read(|r| r.photo_bytes(id)).unwrap(), Some(bytes(1, 9)));
    assert_eq!(device.store.read(|r| r.photo_part(id, 7, 64)).unwrap(), bytes(1, 2));
    assert!(device.store.read(|r| r.photo_part(id, 9, 64)).unwrap().is_empty());
}

#[test]
fn i20_a_photo_stays_until_the_centre_has_said_that_it_has_it() {
    let device = Device::new();
    let (waiting, refused, stored) = (
        device.put(&bytes(1, 9)),
        device.put(&bytes(2, 9)),
        device.put(&bytes(3, 9)),
    );
    device.save(1, naming(&[waiting, refused, stored]));
    device
        .store
        .write(|w| {
            w.confirm_photo(waiting, 8, "e1")?;
            w.confirm_photo(stored, 9, "e1")?;
            w.refuse_photo(refused, "PHOTO_REFUSED")?;
            w.trim_photos(0)
        })
        .unwrap();
    let here = |id| device.photo(id).unwrap().here;
    assert_eq!((here(waiting), here(refused), here(stored)), (true, true, false));
    assert_eq!(
        device.tally(),
        PhotoTally {
            total: 3,
            sent: 1,
            refused: 1
        },
        "eight bytes of nine are not a photo"
    );
    assert_eq!(device.photo(waiting).unwrap().confirmed, 8);
    assert_eq!(device.store.write(|w| w.sweep_draft_photos()).unwrap(), 0);
    // Removed from the session: history still names it.
    device.save(1, json!({ "attachments": null }));
    assert!(here(waiting));
    assert_eq!(device.store.read(|r| r.photos_to_send(9)).unwrap().len(), 1);
}

#[test]
fn i11_what_another_incarnation_of_the_centre_had_is_offered_again() {
    let device = Device::new();
    let (one, two) = (device.put(&bytes(1, 9)), device.put(&bytes(2, 9)));
    device.save(1, naming(&[one, two]));
    device
        .store
        .write(|w| {
            w.confirm_photo(one, 9, "e1")?;
            w.confirm_photo(two, 9, "e2")
        })
        .unwrap();
    assert_eq!(device.store.write(|w| w.reoffer_photos("e2")).unwrap(), 1);
    let to_send = device.store.read(|r| r.photos_to_send(9)).unwrap();
    assert_eq!((to_send.len(), to_send[0].id, to_send[0].confirmed), (1, one, 0));
}

#[test]
fn photos_of_forms_that_are_gone_are_swept_and_others_are_not() {
    let device = Device::new();
    let (dropped, kept) = (device.put(&bytes(1, 9)), device.put(&bytes(2, 9)));
    let draft = hocvu_store::Draft {
        id: "d1".into(),
        record_id: None,
        form: format!(r#"{{"attachments":[{{"sha256":"{kept}"}}]}}"#),
        at: crate::kit::NOW.into(),
    };
    device.store.write(|w| w.put_draft(&draft)).unwrap();
    assert_eq!(device.store.write(|w| w.sweep_draft_photos()).unwrap(), 1);
    assert_eq!((device.photo(dropped), device.photo(kept).is_some()), (None, true));
}

#[test]
fn the_cache_gives_up_others_photos_first_and_the_newest_last() {
    let device = Device::new();
    let own: Vec<PhotoId> = (1..=3).map(|mark| device.put(&bytes(mark, 10))).collect();
    device.save(1, naming(&own));
    let other = bytes(9, 10);
    device
        .store
        .write(|w| {
            own.iter().try_for_each(|id| w.confirm_photo(*id, 10, "e1"))?;
            w.want_photo(PhotoId::of(&other), 10)?;
            w.add_photo_part(PhotoId::of(&other), &other)
        })
        .unwrap();
    let here = || -> Vec<bool> {
        let ids = own.iter().copied().chain([PhotoId::of(&other)]);
        ids.map(|id| device.photo(id).unwrap().here).collect()
    };
    assert_eq!(here(), [true; 4]);
    assert_eq!(device.store.write(|w| w.trim_photos(30)).unwrap(), 1);
    assert_eq!(here(), [true, true, true, false]);
    assert_eq!(device.store.write(|w| w.trim_photos(15)).unwrap(), 2);
    assert_eq!(here(), [false, false, true, false]);
    assert_eq!(device.tally().sent, 3, "what was given up was still sent");
    assert_eq!(device.put(&bytes(1, 10)), own[0]);
    assert!(here()[0], "the same picture again brings its bytes back");
}

#[test]
fn a_fetched_photo_is_whole_or_wanted_again() {
    let device = Device::new();
    let photo: Vec<u8> = (0..100).collect();
    let id = PhotoId::of(&photo);
    let add = |part: &[u8]| device.store.write(|w| w.add_photo_part(id, part)).unwrap().arrived;
    device.store.write(|w| w.want_photo(id, 100)).unwrap();
    assert_eq!(add(&photo[..60]), 60);
    assert_eq!(device.store.read(|r| r.photos_to_fetch(9)).unwrap()[0].arrived, 60);
    assert_eq!(add(&[0; 40]), 0, "bytes of something else");
    assert_eq!(add(&photo), 100);
    assert_eq!(device.store.read(|r| r.photo_bytes(id)).unwrap(), Some(photo));
    assert_eq!(device.store.read(|r| r.wanted_photo(id)).unwrap(), None);
    assert_eq!(device.tally().total, 0, "another device's photo is none of ours");
    let gone = PhotoId([5; 32]);
    device
        .store
        .write(|w| {
            w.want_photo(gone, 5)?;
            w.fail_wanted_photo(gone, "NOT_FOUND")
        })
        .unwrap();
    assert_eq!(device.store.read(|r| r.photos_to_fetch(9)).unwrap(), []);
    device.store.write(|w| w.want_photo(gone, 5)).unwrap();
    assert_eq!(
        device.store.read(|r| r.photos_to_fetch(9)).unwrap().len(),
        1,
        "asking again tries again"
    );
}
