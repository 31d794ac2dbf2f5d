//! `POST /v1/ops` and `GET /v1/changes`: work up, the feed down.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use hocvu_model::LogId;
use hocvu_wire::batch::ReceiptsReply;
use hocvu_wire::changes::ChangesReply;
use hocvu_wire::limits::PAGE_CHANGES_MAX;
use hocvu_wire::problem::{Problem, ProblemCode};
use serde::Deserialize;

use super::body::{self, Wants};
use super::{Shared, blocking};
use crate::world::day;
use crate::{intake, receipts};

/// Query of a page.
#[derive(Deserialize)]
pub(super) struct Asked {
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn ops(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let device = match admit(&shared, &headers) {
        Ok(device) => device,
        Err(refusal) => {
            body::discard(&shared, body).await;
            return *refusal;
        }
    };
    let received = match body::receive(&shared, &headers, body, true).await {
        Ok(received) => received,
        Err(problem) => return body::problem(&problem),
    };
    let (directory, now) = (shared.writer.directory(), shared.world.now());
    let prepared = blocking(move || {
        Ok(received
            .read()
            .and_then(|request| intake::prepare(request, &directory, day(now))))
    });
    let batch = match prepared.await {
        Ok(Ok(batch)) => batch,
        Ok(Err(problem)) => return body::problem(&problem),
        Err(error) => return body::fault(&error),
    };
    if let Some(wait) = shared.guard.operations(device, batch.operations, now.timestamp()) {
        return body::problem_for(&Problem::new(ProblemCode::TooMany), wait);
    }
    match shared
        .writer
        .run(batch.operations, move |desk| desk.ingest(batch))
        .await
    {
        Ok(mut reply) => {
            if let Some(cursor) = asked.ok().and_then(|Query(asked)| asked.cursor) {
                reply.changes = page_after(&shared, device, cursor).await;
            }
            body::answer(Wants::of(&headers), reply).await
        }
        Err(error) => body::fault(&error),
    }
}

/// The page that saves a device the next request. Without one, whatever the reason, it asks and is told the reason.
async fn page_after(shared: &Arc<Shared>, device: u32, cursor: String) -> Option<Box<ChangesReply>> {
    let page = shared.read(move |reader| reader.page(device.into(), Some(&cursor), PAGE_CHANGES_MAX));
    match page.await {
        Ok(page) => page.ok().map(Box::new),
        Err(error) => {
            tracing::warn!(%error, "a batch was answered without the changes asked for");
            None
        }
    }
}

/// Query of receipts.
#[derive(Deserialize)]
pub(super) struct AskedReceipts {
    log: LogId,
    from: u64,
}

pub(super) async fn receipts(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<AskedReceipts>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let device = match admit(&shared, &headers) {
        Ok(device) => device,
        Err(refusal) => return *refusal,
    };
    let Ok(Query(AskedReceipts { log, from })) = asked else {
        return body::problem(&Problem::new(ProblemCode::Malformed));
    };
    let found = shared
        .read(move |reader| {
            let (r, sha256) = receipts::receipts(reader.db(), device.into(), log, from)?;
            Ok((reader.epoch()?, r, sha256))
        })
        .await;
    match found {
        Ok((epoch, r, sha256)) => body::answer(Wants::of(&headers), ReceiptsReply { epoch, r, sha256 }).await,
        Err(error) => body::fault(&error),
    }
}

pub(super) async fn changes(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let device = match admit(&shared, &headers) {
        Ok(device) => device,
        Err(refusal) => return *refusal,
    };
    let Ok(Query(asked)) = asked else {
        return body::problem(&Problem::new(ProblemCode::Malformed));
    };
    let page = shared.read(move |reader| {
        let limit = asked.limit.unwrap_or(PAGE_CHANGES_MAX);
        reader.page(device.into(), asked.cursor.as_deref(), limit)
    });
    match page.await {
        Ok(Ok(reply)) => body::answer(Wants::of(&headers), reply).await,
        Ok(Err(code)) => body::problem(&Problem::new(code)),
        Err(error) => body::fault(&error),
    }
}

/// The number of the device whose token came along, if it does not ask too often.
pub(super) fn admit(shared: &Shared, headers: &HeaderMap) -> Result<u32, Box<Response>> {
    let now = shared.world.now().timestamp();
    let device = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .and_then(|token| shared.tokens.read_token(token, now))
        .ok_or_else(|| Box::new(body::problem(&Problem::new(ProblemCode::SessionExpired))))?;
    match shared.guard.request(device, now) {
        Some(wait) => Err(Box::new(body::problem_for(&Problem::new(ProblemCode::TooMany), wait))),
        None => Ok(device),
    }
}
