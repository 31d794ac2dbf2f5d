//! The centre without a socket: the same routes, asked from this process.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use http_body_util::BodyExt;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use super::{Shared, routes};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::writer::Writer;

/// A centre to be asked from this process: for carriers other than a socket, and for tests.
pub struct Local {
    app: TowerToHyperService<Router>,
    writer: Writer,
}

/// What a request was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case; those that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body as it would travel.
    pub body: Vec<u8>,
}

impl Local {
    /// Opens the database of `config`; its address is not used.
    ///
    /// # Errors
    /// The database's.
    pub fn open(config: Config) -> Result<Self> {
        let shared = Shared::open(config)?;
        let writer = shared.writer.clone();
        let app = routes(shared).layer(axum::Extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1)))));
        Ok(Self {
            app: TowerToHyperService::new(app),
            writer,
        })
    }

    /// Asks. Needs a Tokio runtime, as the socket does.
    ///
    /// # Errors
    /// The request has no form, or the answer broke off.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer> {
        let request = Request::builder().method(method).uri(path);
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Body::from(body)).map_err(std::io::Error::other)?;
        let Ok(response) = self.app.call(request).await;
        let (head, body) = response.into_parts();
        let headers = head.headers.iter();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: headers
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                .collect(),
            body: body
                .collect()
                .await
                .map_err(|error| Error::Io(std::io::Error::other(error)))?
                .to_bytes()
                .to_vec(),
        })
    }

    /// The writer, for acts of an administrator in this process.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Writes what is queued and closes the database.
    pub async fn stop(self) {
        self.writer.stop().await;
    }
}
