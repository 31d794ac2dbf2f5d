//! TLS from the device to a centre that speaks it itself: the office's own root is believed, nobody else's.

use std::path::Path;
use std::sync::Arc;

use hocvu_central::{Centre, Config, TlsFiles};
use hocvu_sync::{Client, HttpTransport, PINNED_FILE, SyncError, Trust};
use hocvu_testkit::{FakeTime, TestWorld};
use hocvu_wire::enrol::EnrolRequest;

use crate::NOW;

/// A root and, under it, a certificate for localhost.
struct Authority {
    root: String,
    certificate: String,
    key: String,
}

fn authority() -> Authority {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a root");
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = leaf.signed_by(&key, &root).expect("signed");
    Authority {
        root: root.pem(),
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    }
}

async fn centre(folder: &Path, authority: &Authority) -> Centre {
    let (certificate, key) = (folder.join("centre.crt"), folder.join("centre.key"));
    std::fs::write(&certificate, &authority.certificate).expect("written");
    std::fs::write(&key, &authority.key).expect("written");
    let world = Arc::new(TestWorld::at(FakeTime::at(NOW, 7)));
    let config = Config {
        tls: Some(TlsFiles { certificate, key }),
        ..Config::new(folder.join("central.db"), "vl", world)
    };
    Centre::start(config).await.expect("the centre starts")
}

/// What comes of asking the centre about a code nobody made.
async fn ask(address: &str, trust: &Trust) -> Result<(), SyncError> {
    let client = Client::new(Arc::new(HttpTransport::trusting(address, trust)?));
    let request = EnrolRequest {
        code: "AAAAA-AAAAA".into(),
        keys: None,
    };
    client.enrol(&request).await.map(|_| ())
}

#[tokio::test]
async fn a_pinned_root_is_believed_and_an_interceptors_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let office = authority();
    let centre = centre(folder.path(), &office).await;
    let address = format!("https://localhost:{}", centre.address().port());

    let data = tempfile::tempdir().expect("a folder");
    std::fs::write(data.path().join(PINNED_FILE), &office.root).expect("written");
    let pinned = Trust::of_folder(data.path()).expect("a good pin");
    let told = ask(&address, &pinned).await.expect_err("nobody made the code");
    assert!(
        matches!(told, SyncError::Problem { .. }),
        "the centre itself answered: {told}"
    );

    let interceptor = Trust::pinned(authority().root.as_bytes()).expect("a root");
    for stranger in [interceptor, Trust::bundled()] {
        let refused = ask(&address, &stranger).await.expect_err("not the known centre");
        assert_eq!(refused.code(), "untrusted", "{refused}");
    }
    let wrong_name = format!("https://127.0.0.1:{}", centre.address().port());
    let refused = ask(&wrong_name, &pinned)
        .await
        .expect_err("a certificate for another name");
    assert_eq!(refused.code(), "untrusted", "{refused}");
    centre.shutdown().await;
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_to_another_machine() {
    let refused = ask("http://192.0.2.1:8740", &Trust::bundled())
        .await
        .expect_err("refused");
    assert_eq!(refused.code(), "untrusted");
}
