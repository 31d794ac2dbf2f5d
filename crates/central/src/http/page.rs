//! `GET /bundles`: one page for handing in bundles with a browser, without a script. The receipt it offers is sealed to the
//! device of the bundle, so the page needs no login: it takes nothing that is not signed and shows nothing that is secret.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::multipart::{Field, MultipartRejection};
use axum::extract::{ConnectInfo, Multipart, Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use hocvu_model::wording::{Locale, message};
use hocvu_wire::bundle::{BadBundle, RECEIPT_SUFFIX, SEALED_BYTES_MAX};
use hocvu_wire::problem::ProblemCode;

use super::bundles::{Asked, found};
use super::spool::Spool;
use super::{Shared, client};
use crate::bundles::Took;
use crate::error::{Error, Result};

/// Files of one form.
const FILES_MAX: usize = 20;
const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HEAD: &str = "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<title>Nộp gói – Sổ Học Vụ Số</title><style>body{font:18px/1.5 sans-serif;max-width:42em;margin:2em auto;padding:0 1em}\
li{margin:.5em 0}input,button{font:inherit;margin:.5em 0}.bad{color:#a00}</style><h1>Nộp gói .hvb</h1>";

pub(super) async fn form() -> Response {
    html(StatusCode::OK, &form_text())
}

pub(super) async fn take(
    State(shared): State<Arc<Shared>>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    headers: HeaderMap,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Response {
    let Ok(mut form) = form else {
        return html(
            StatusCode::BAD_REQUEST,
            &said("Không đọc được biểu mẫu. Mở lại trang rồi chọn tệp."),
        );
    };
    let address = client::address(peer.ip(), &headers, shared.trusted_proxy);
    let mut lines = String::new();
    for _ in 0..FILES_MAX {
        let Ok(Ok(next)) = tokio::time::timeout(shared.limits.body_stall, form.next_field()).await else {
            return html(StatusCode::BAD_REQUEST, &said("Tải lên bị ngắt giữa chừng. Thử lại."));
        };
        let Some(field) = next else { break };
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            continue;
        }
        if shared.guard.upload(address, shared.world.now().timestamp()).is_some() {
            return html(
                StatusCode::TOO_MANY_REQUESTS,
                &said("Nộp quá nhiều tệp. Đợi 15 phút rồi thử lại."),
            );
        }
        match receive(&shared, field).await {
            Ok(outcome) => lines.push_str(&line(&name, &outcome)),
            Err(error) => {
                tracing::error!(%error, "a bundle handed in by browser was not taken");
                let status = if error.code() == ProblemCode::StorageFull {
                    507
                } else {
                    503
                };
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
                return html(
                    status,
                    &said("Máy chủ đang bận hoặc hết chỗ. Thử lại sau; nộp lại không bị đếm đôi."),
                );
            }
        }
    }
    if lines.is_empty() {
        return html(StatusCode::OK, &said("Chưa chọn tệp nào."));
    }
    html(StatusCode::OK, &format!("<ul>{lines}</ul>{}", form_text()))
}

/// The receipt of a bundle as a download: `<id>.hvr`.
pub(super) async fn receipt(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    asked: std::result::Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let id = file.strip_suffix(RECEIPT_SUFFIX).unwrap_or_default();
    let mut response = found(&shared, id, asked.ok().and_then(|Query(asked)| asked.sha256)).await;
    response
        .headers_mut()
        .insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response
}

async fn receive(shared: &Arc<Shared>, mut field: Field<'_>) -> Result<std::result::Result<Took, BadBundle>> {
    let mut spool = Spool::new(shared).await?;
    loop {
        match tokio::time::timeout(shared.limits.body_stall, field.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                if let Err(bad) = spool.push(&bytes).await? {
                    return Ok(Err(bad));
                }
            }
            Ok(Ok(None)) => return spool.take(shared).await,
            Ok(Err(_)) | Err(_) => return Err(Error::Io(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }
}

fn line(name: &str, outcome: &std::result::Result<Took, BadBundle>) -> String {
    let name = escaped(name);
    match outcome {
        Ok(Took { header, again, .. }) => {
            let (id, sha256) = (header.id.to_string(), header.sha256_hex());
            let told = if *again {
                "Máy chủ đã nhận gói này từ trước"
            } else {
                "Máy chủ đã nhận gói"
            };
            format!(
                "<li>{name}: {told} <b>{}</b> ({} byte). <a href=\"/bundles/{id}{RECEIPT_SUFFIX}?sha256={sha256}\" \
                 download=\"{id}{RECEIPT_SUFFIX}\">Tải biên nhận</a> đem về máy đã xuất gói.</li>",
                &id[..8],
                header.file_size()
            )
        }
        Err(bad) => {
            let sentence = message(Locale::Vi, &format!("usb_problem_{}", bad.code()), &Default::default());
            format!("<li class=\"bad\">{name}: {}</li>", escaped(&sentence))
        }
    }
}

fn form_text() -> String {
    format!(
        "<form method=\"post\" action=\"/bundles\" enctype=\"multipart/form-data\"><p>Chọn các tệp <b>.hvb</b> trên USB, mỗi tệp \
         nhiều nhất {} MB, mỗi lần nhiều nhất {FILES_MAX} tệp. Gói đã niêm phong: chỉ máy chủ này mở được. Nộp lại cùng một gói \
         không bị đếm đôi.</p><input type=\"file\" name=\"goi\" accept=\".hvb\" multiple required aria-label=\"Tệp gói\"><br>\
         <button>Nộp gói</button></form>",
        SEALED_BYTES_MAX / (1024 * 1024)
    )
}

fn said(sentence: &str) -> String {
    format!("<p class=\"bad\" role=\"alert\">{sentence}</p>{}", form_text())
}

fn html(status: StatusCode, inside: &str) -> Response {
    let mut response = Response::new(format!("{HEAD}{inside}").into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Text as it may stand in a page.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() || matches!(letter, ' ' | '.' | '-' | '_' | ',' | ';' | '(' | ')') {
            out.push(letter);
        } else {
            write!(out, "&#{};", u32::from(letter)).expect("writing to a string never fails");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_name_cannot_write_into_the_page() {
        let name = "<script>alert('x')</script> gói \"1\".hvb";
        let shown = super::escaped(name);
        assert!(!shown.contains(['<', '>', '"', '\'']), "{shown}");
        assert!(shown.contains("gói"), "and is still read: {shown}");
    }
}
