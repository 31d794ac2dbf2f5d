//! Which centres a device believes. The roots come with the program: the system's store on an old Windows is years behind,
//! and on a workplace machine it may hold the root of a proxy that reads along.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::transport::LinkError;

/// A file of this name in the data folder holds the only roots a device of that folder believes: of an office whose centre
/// has a certificate of its own.
pub const PINNED_FILE: &str = "centre.pem";

/// Which certificates are believed, and whether a link without any may be used.
#[derive(Clone)]
pub struct Trust {
    tls: Arc<ClientConfig>,
    plain_http: bool,
}

impl Trust {
    /// The roots that come with the program.
    pub fn bundled() -> Self {
        Self::of(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())
    }

    /// Only these certificates, PEM: roots, or the centre's own.
    ///
    /// # Errors
    /// It holds no certificate.
    pub fn pinned(pem: &[u8]) -> Result<Self, LinkError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| LinkError(format!("{PINNED_FILE}: {error}")))?;
            roots
                .add(certificate)
                .map_err(|error| LinkError(format!("{PINNED_FILE}: {error}")))?;
        }
        if roots.is_empty() {
            return Err(LinkError(format!("{PINNED_FILE}: no certificate")));
        }
        Ok(Self::of(roots))
    }

    /// What the data folder says: its pinned certificates, or else the bundled roots. A pin that cannot be read is an error:
    /// falling back would believe whom the office chose not to believe.
    ///
    /// # Errors
    /// The file is there and cannot be used.
    pub fn of_folder(folder: &Path) -> Result<Self, LinkError> {
        match std::fs::read(folder.join(PINNED_FILE)) {
            Ok(pem) => Self::pinned(&pem),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::bundled()),
            Err(error) => Err(LinkError(format!("{PINNED_FILE}: {error}"))),
        }
    }

    /// Allows links without TLS to other machines: for an office's own network only. To this machine they always are.
    #[must_use]
    pub fn with_plain_http(mut self, allowed: bool) -> Self {
        self.plain_http = allowed;
        self
    }

    pub(crate) fn tls(&self) -> ClientConfig {
        (*self.tls).clone() // Its tickets are shared between the copies.
    }

    pub(crate) fn allows(&self, base: &str) -> bool {
        self.plain_http || base.starts_with("https://") || is_local(base)
    }

    fn of(roots: RootCertStore) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            tls: Arc::new(tls),
            plain_http: false,
        }
    }
}

/// Whether an address is of this machine.
pub(crate) fn is_local(base: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(base) else {
        return false;
    };
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let trust = Trust::bundled();
        for (base, allowed) in [
            ("http://127.0.0.1:8740", true),
            ("http://localhost:9", true),
            ("http://[::1]:9", true),
            ("https://hocvu.example", true),
            ("http://hocvu.example", false),
            ("http://192.168.1.10:8740", false),
            ("http://127.0.0.1.evil.example", false),
            ("http://localhost.evil.example", false),
        ] {
            assert_eq!(trust.allows(base), allowed, "{base}");
        }
        assert!(trust.with_plain_http(true).allows("http://192.168.1.10:8740"));
    }

    #[test]
    fn a_pin_that_cannot_be_read_never_means_no_pin() {
        let folder = std::env::temp_dir().join(format!("hocvu-trust-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        assert!(Trust::of_folder(&folder).is_ok(), "no pin, the bundled roots");
        std::fs::write(folder.join(PINNED_FILE), "not a certificate").expect("written");
        assert!(Trust::of_folder(&folder).is_err());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
