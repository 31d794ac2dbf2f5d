//! Photos at the centre: who may send and see which, what is taken, what is refused, what a cut costs.

mod common;

use common::socket::{Answer, Client, Fixture};
use common::{Device, hamlet, session};
use hocvu_central::NewCode;
use hocvu_central::blobs::{Added, Blobs};
use hocvu_model::session::PhotoId;
use hocvu_photo::reduce;
use hocvu_wire::batch::{OpsReply, OpsRequest};
use hocvu_wire::blobs::{CHUNK, CHUNK_BYTES_MAX, path};
use hocvu_wire::packing::content_digest;
use hocvu_wire::problem::ProblemCode as Code;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

/// A photo as devices make them; another for another mark.
fn photo(mark: u8) -> Vec<u8> {
    let mut dice = u32::from(mark) + 1;
    let picture = RgbImage::from_fn(160, 120, |_, _| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([mark, (dice >> 25) as u8, 90])
    });
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).expect("memory");
    reduce(file.get_ref()).expect("a picture")
}

/// The same photo with a segment that tells where it was taken.
fn with_place(photo: &[u8]) -> Vec<u8> {
    [&photo[..2], &[0xff, 0xe1, 0, 16], b"Exif\0\0GPS:9.9N", &photo[2..]].concat()
}

fn naming(photos: &[&[u8]]) -> Value {
    let mut body = session(9);
    body["attachments"] = photos
        .iter()
        .map(|photo| json!({ "sha256": PhotoId::of(photo).to_string(), "size": photo.len(), "kind": "image/jpeg" }))
        .collect();
    body
}

/// A device that has said what it saw, on one connection.
struct Hamlet {
    device: Device,
    client: Client,
    bearer: String,
}

impl Hamlet {
    async fn at(fixture: &Fixture, n: u8, photos: &[&[u8]]) -> Self {
        let device = fixture.device(n).await;
        let mut hamlet = Self::connect(fixture, device).await;
        hamlet.device.open();
        hamlet.device.create(u128::from(n), "u:1", naming(photos));
        let frames = hamlet.device.frames(64);
        let token = hamlet.bearer.trim_start_matches("Bearer ").to_owned();
        let reply: OpsReply = hamlet.client.ops(&token, &OpsRequest { frames }).await.json();
        assert!(!reply.r.is_empty());
        hamlet
    }

    async fn connect(fixture: &Fixture, device: Device) -> Self {
        let mut client = Client::to(&fixture.centre).await;
        let bearer = format!("Bearer {}", client.open_session(&device).await.token);
        Self { device, client, bearer }
    }

    async fn head(&mut self, id: PhotoId) -> Answer {
        let headers = [("authorization", self.bearer.as_str())];
        self.client.send("HEAD", &path(id), &headers, b"").await
    }

    async fn patch(&mut self, id: PhotoId, offset: usize, chunk: &[u8]) -> Answer {
        self.patch_as(id, offset, chunk, &content_digest(chunk)).await
    }

    async fn patch_as(&mut self, id: PhotoId, offset: usize, chunk: &[u8], digest: &str) -> Answer {
        let offset = offset.to_string();
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", CHUNK),
            ("upload-offset", &offset),
            ("content-digest", digest),
        ];
        self.client.send("PATCH", &path(id), &headers, chunk).await
    }

    async fn get(&mut self, id: PhotoId, range: Option<&str>) -> Answer {
        let mut headers = vec![("authorization", self.bearer.as_str())];
        headers.extend(range.map(|range| ("range", range)));
        self.client.send("GET", &path(id), &headers, b"").await
    }
}

fn offset(answer: &Answer) -> Option<usize> {
    let told = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("upload-offset: "))?;
    told.parse().ok()
}

#[tokio::test]
async fn a_photo_arrives_in_chunks_and_is_seen_in_parts() {
    let fixture = Fixture::start(|_| ()).await;
    let photo = photo(1);
    let id = PhotoId::of(&photo);
    let mut lan = Hamlet::at(&fixture, 1, &[&photo]).await;
    let begun = lan.head(id).await;
    assert_eq!((begun.status, offset(&begun)), (200, Some(0)));
    let half = photo.len() / 2;
    let first = lan.patch(id, 0, &photo[..half]).await;
    assert_eq!((first.status, offset(&first)), (204, Some(half)));
    assert_eq!(
        lan.get(id, None).await.code(),
        Code::NotFound,
        "half a photo is not shown"
    );
    let last = lan.patch(id, half, &photo[half..]).await;
    assert_eq!((last.status, offset(&last)), (204, Some(photo.len())));
    assert_eq!(offset(&lan.head(id).await), Some(photo.len()));
    let whole = lan.get(id, None).await;
    assert_eq!((whole.status, &whole.body), (200, &photo));
    assert!(whole.head.contains("content-type: image/jpeg") && whole.head.contains("nosniff"));
    let part = lan.get(id, Some("bytes=10-19")).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &photo[10..20]));
    assert!(
        part.head
            .contains(&format!("content-range: bytes 10-19/{}", photo.len()))
    );
    assert_eq!(lan.get(id, Some("bytes=9-1")).await.code(), Code::Malformed);
    fixture.assert_sound(1, 0);
}

/// Cut at every chunk boundary, the centre restarted there, resumed from what it says: the photo arrives, and every byte
/// that was confirmed was kept.
#[tokio::test]
async fn i4_a_confirmed_chunk_survives_a_cut_and_a_restart_at_every_boundary() {
    let mut fixture = Fixture::start(|_| ()).await;
    let photo = photo(2);
    let id = PhotoId::of(&photo);
    let mut lan = Hamlet::at(&fixture, 1, &[&photo]).await;
    let mut at = 0;
    for chunk in photo.chunks(photo.len().div_ceil(7)) {
        assert_eq!(offset(&lan.head(id).await), Some(at), "resumed where it was confirmed");
        // The connection breaks inside the chunk: nothing of it was promised.
        let mut broken = Hamlet::connect(&fixture, lan.device.clone()).await;
        broken.begin_patch(id, at, chunk).await;
        drop(broken);
        assert_eq!(offset(&lan.patch(id, at, chunk).await), Some(at + chunk.len()));
        at += chunk.len();
        fixture.restart().await;
        lan = Hamlet::connect(&fixture, lan.device).await;
        let again = lan.patch(id, at - chunk.len(), chunk).await;
        assert_eq!(
            (again.code(), offset(&again)),
            (Code::OffsetMismatch, Some(at)),
            "delivered twice"
        );
    }
    assert_eq!(lan.get(id, None).await.body, photo);
}

#[tokio::test]
async fn what_is_wrong_with_a_chunk_is_told_and_costs_nothing() {
    let fixture = Fixture::start(|_| ()).await;
    let photo = photo(3);
    let id = PhotoId::of(&photo);
    let mut lan = Hamlet::at(&fixture, 1, &[&photo]).await;
    let early = lan.patch(id, 5, &photo[5..]).await;
    assert_eq!((early.code(), offset(&early)), (Code::OffsetMismatch, Some(0)));
    let wrong = lan.patch_as(id, 0, &photo[..9], &content_digest(b"other")).await;
    assert_eq!(wrong.code(), Code::DigestMismatch);
    let too_far = lan.patch(id, 0, &[photo.as_slice(), b"x"].concat()[..]).await;
    assert_eq!(too_far.code(), Code::TooLarge, "more than the operation named");
    assert_eq!(lan.patch(id, 0, b"").await.code(), Code::Malformed);
    assert_eq!(
        lan.patch(id, 0, &vec![7; CHUNK_BYTES_MAX + 1]).await.code(),
        Code::TooLarge
    );
    let mut lan = Hamlet::connect(&fixture, lan.device).await;
    let headers = [("authorization", lan.bearer.as_str()), ("content-type", "image/jpeg")];
    let plain = lan.client.send("PATCH", &path(id), &headers, b"x").await;
    assert_eq!(plain.code(), Code::UnsupportedMedia);
    assert_eq!(offset(&lan.head(id).await), Some(0));
    // The right length and the wrong bytes: dropped, to be sent anew.
    let other: Vec<u8> = photo.iter().map(|byte| byte ^ 1).collect();
    assert_eq!(lan.patch(id, 0, &other).await.code(), Code::DigestMismatch);
    assert_eq!(offset(&lan.head(id).await), Some(0));
    assert_eq!(lan.patch(id, 0, &photo).await.status, 204);
}

#[tokio::test]
async fn a_photo_that_tells_more_than_a_picture_is_refused_and_dropped() {
    let fixture = Fixture::start(|_| ()).await;
    let good = photo(4);
    let (placed, text) = (with_place(&good), b"\xff\xd8 this is no picture".to_vec());
    let mut wide = std::io::Cursor::new(Vec::new());
    RgbImage::new(1_300, 4)
        .write_to(&mut wide, ImageFormat::Jpeg)
        .expect("memory");
    let wide = wide.into_inner();
    let bad = [placed.as_slice(), &text, &wide];
    let mut lan = Hamlet::at(&fixture, 1, &bad).await;
    for content in bad {
        let id = PhotoId::of(content);
        let refused = lan.patch(id, 0, content).await;
        assert_eq!((refused.status, refused.code()), (422, Code::PhotoRefused));
        assert_eq!(lan.get(id, None).await.code(), Code::NotFound);
        assert_eq!(offset(&lan.head(id).await), Some(0), "dropped");
    }
    assert_eq!(
        fixture.files(),
        Vec::<String>::new(),
        "nothing of it is left on the disk"
    );
    fixture.assert_sound(0, 3);
}

/// Guessed names, names other units' operations use, revoked devices: nothing is told.
#[tokio::test]
async fn i13_a_photo_out_of_scope_does_not_exist() {
    let fixture = Fixture::start(|_| ()).await;
    fixture.add_unit("u:2").await;
    let (mine, never) = (photo(5), photo(6));
    let mut lan = Hamlet::at(&fixture, 1, &[&mine]).await;
    assert_eq!(lan.patch(PhotoId::of(&mine), 0, &mine).await.status, 204);
    let stranger = fixture.device_of(2, "u:2").await;
    let mut stranger = Hamlet::connect(&fixture, stranger).await;
    for id in [PhotoId::of(&mine), PhotoId::of(&never), PhotoId([0; 32])] {
        assert_eq!(stranger.head(id).await.status, 404);
        assert_eq!(stranger.get(id, None).await.code(), Code::NotFound);
        assert_eq!(stranger.patch(id, 0, &never).await.code(), Code::NotFound);
    }
    let headers = [("authorization", lan.bearer.as_str())];
    let odd = lan.client.send("GET", "/v1/blobs/..%2f..%2fc.db", &headers, b"").await;
    assert_eq!(odd.code(), Code::NotFound);
    let nobody = lan.client.send("GET", &path(PhotoId::of(&mine)), &[], b"").await;
    assert_eq!(nobody.code(), Code::SessionExpired);
    // The commune above both sees it.
    let officer = fixture.device_of(3, "new:29242").await;
    let mut officer = Hamlet::connect(&fixture, officer).await;
    assert_eq!(officer.get(PhotoId::of(&mine), None).await.body, mine);
}

#[tokio::test]
async fn i14_a_revoked_device_sees_nothing_and_may_still_hand_in_its_own() {
    let fixture = Fixture::start(|_| ()).await;
    let photo = photo(7);
    let id = PhotoId::of(&photo);
    let mut lan = Hamlet::at(&fixture, 1, &[&photo]).await;
    fixture.revoke(&lan.device.id).await;
    assert_eq!(
        lan.patch(id, 0, &photo).await.status,
        204,
        "evidence is never turned away"
    );
    assert_eq!(lan.get(id, None).await.code(), Code::DeviceRevoked);
    let mut bay = Hamlet::at(&fixture, 2, &[]).await;
    assert_eq!(
        bay.get(id, None).await.body,
        photo,
        "the record is in scope of its team"
    );
}

#[tokio::test]
async fn i19_bytes_of_photos_are_counted() {
    let fixture = Fixture::start(|config| config.limits.photo_bytes_per_hour = 1_000).await;
    let photo = photo(8);
    let id = PhotoId::of(&photo);
    let mut lan = Hamlet::at(&fixture, 1, &[&photo]).await;
    assert_eq!(lan.patch(id, 0, &photo[..1_000]).await.status, 204);
    let wait = lan.patch(id, 1_000, &photo[1_000..]).await;
    assert_eq!(wait.code(), Code::TooMany);
    assert!(wait.head.contains("retry-after: 3600"));
}

/// Two devices send the same photo at once; neither can spoil the other's, and one file is left.
#[test]
fn senders_of_one_photo_do_not_meet() {
    let folder = tempfile::tempdir().expect("a folder");
    let blobs = Blobs::beside(&folder.path().join("c.db"));
    let photo = photo(9);
    let (id, size) = (PhotoId::of(&photo), u32::try_from(photo.len()).expect("small"));
    assert_eq!(blobs.add(id, 1, size, 0, &photo[..50]).expect("a disk"), Added::Now(50));
    assert_eq!(
        blobs.add(id, 2, size, 0, &vec![0; photo.len()]).expect("a disk"),
        Added::Damaged
    );
    assert_eq!(blobs.add(id, 3, size, 0, &photo).expect("a disk"), Added::Now(size));
    assert_eq!(blobs.offset(id, 1).expect("a disk"), size);
    assert_eq!(
        blobs.add(id, 1, size, 50, &photo[50..]).expect("a disk"),
        Added::Elsewhere(size)
    );
    let kept: Vec<_> = std::fs::read_dir(folder.path().join("blobs").join(&id.to_string()[..2]))
        .expect("its folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(kept, [id.to_string()]);
}

/// A torn write that a power cut left behind is noticed at the end, and the photo is asked for again.
#[test]
fn a_torn_tail_costs_one_more_sending() {
    let folder = tempfile::tempdir().expect("a folder");
    let blobs = Blobs::beside(&folder.path().join("c.db"));
    let photo = photo(10);
    let (id, size) = (PhotoId::of(&photo), u32::try_from(photo.len()).expect("small"));
    blobs.add(id, 1, size, 0, &photo[..100]).expect("a disk");
    let part = folder
        .path()
        .join("blobs")
        .join(&id.to_string()[..2])
        .join(format!("{id}.1.part"));
    let mut torn = std::fs::read(&part).expect("the part");
    torn.extend([0; 37]);
    std::fs::write(&part, torn).expect("the part");
    assert_eq!(blobs.offset(id, 1).expect("a disk"), 137);
    assert_eq!(
        blobs.add(id, 1, size, 137, &photo[137..]).expect("a disk"),
        Added::Damaged
    );
    assert_eq!(blobs.add(id, 1, size, 0, &photo).expect("a disk"), Added::Now(size));
}

#[tokio::test]
async fn verify_looks_at_every_photo() {
    let fixture = Fixture::start(|_| ()).await;
    let (sent, awaited) = (photo(11), photo(12));
    let mut lan = Hamlet::at(&fixture, 1, &[&sent, &awaited]).await;
    assert_eq!(lan.patch(PhotoId::of(&sent), 0, &sent).await.status, 204);
    fixture.assert_sound(1, 1);
    let file = fixture.folder.path().join("blobs").join(&fixture.files()[0]);
    std::fs::write(&file, b"somebody else's").expect("a file");
    let faults = fixture.verify().faults;
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains(&PhotoId::of(&sent).to_string()), "{faults:?}");
}

/// A database of the first version may hold operations of newer devices: their photos are known after the upgrade.
#[tokio::test]
async fn names_of_photos_are_found_in_what_arrived_before() {
    let mut fixture = Fixture::start(|_| ()).await;
    let photo = photo(13);
    let mut lan = Hamlet::at(&fixture, 1, &[&photo]).await;
    {
        let db = rusqlite::Connection::open(fixture.database()).expect("a second connection");
        let backfill = include_str!("../src/db/0004.sql")
            .split_once("INSERT")
            .expect("a backfill")
            .1;
        db.execute("DELETE FROM blob_name", []).expect("emptied");
        db.execute(&format!("INSERT{backfill}"), [])
            .expect("the migration's own words");
    }
    fixture.restart().await;
    lan = Hamlet::connect(&fixture, lan.device).await;
    assert_eq!(lan.patch(PhotoId::of(&photo), 0, &photo).await.status, 204);
}

impl Hamlet {
    /// Sends half a chunk and hangs up.
    async fn begin_patch(&mut self, id: PhotoId, offset: usize, chunk: &[u8]) {
        use tokio::io::AsyncWriteExt;
        let head = format!(
            "PATCH {} HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\ncontent-type: {CHUNK}\r\nupload-offset: {offset}\r\ncontent-digest: {}\r\ncontent-length: {}\r\n\r\n",
            path(id),
            self.bearer,
            content_digest(chunk),
            chunk.len()
        );
        self.client.0.write_all(head.as_bytes()).await.expect("sent");
        self.client.0.write_all(&chunk[..chunk.len() / 2]).await.expect("sent");
    }
}

impl Fixture {
    async fn add_unit(&self, uid: &'static str) {
        let unit = hamlet(uid, "new:29242");
        let added = self
            .centre
            .writer()
            .run(0, move |desk| desk.add_unit("test", unit))
            .await;
        added.expect("a unit");
    }

    async fn device_of(&self, n: u8, unit: &'static str) -> Device {
        let new = NewCode {
            unit: unit.into(),
            role: None,
            user_name: None,
            days: 7,
        };
        let code = self.centre.writer().run(0, |desk| desk.make_code("test", new)).await;
        self.enrol(n, &code.expect("a code")).await
    }

    async fn revoke(&self, device: &str) {
        let device = device.to_owned();
        let revoked = self
            .centre
            .writer()
            .run(0, move |desk| desk.revoke("test", &device))
            .await;
        revoked.expect("revoked");
    }

    fn verify(&self) -> hocvu_central::verify::Verified {
        let db = rusqlite::Connection::open(self.database()).expect("a second connection");
        hocvu_central::verify::verify(&db).expect("readable")
    }

    fn assert_sound(&self, photos: u64, awaited: u64) {
        let verified = self.verify();
        assert_eq!(verified.faults, Vec::<String>::new());
        assert_eq!((verified.photos, verified.photos_awaited), (photos, awaited));
    }

    /// Files below `blobs`.
    fn files(&self) -> Vec<String> {
        let root = self.folder.path().join("blobs");
        let folders = std::fs::read_dir(&root).into_iter().flatten().flatten();
        folders
            .flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten())
            .map(|file| file.path().strip_prefix(&root).expect("below").display().to_string())
            .collect()
    }
}
