//! The front end in an ordinary browser with the real Rust behind it: `POST /call/<command>`, `GET /events`, and the files
//! of `ui/dist`. For tests and for working on the screens; never shipped.
#![expect(clippy::print_stdout, reason = "tests read the address from standard output")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser;
use hocvu_app::contract::{ErrorBody, ErrorCode};
use hocvu_app::{App, FileKeys, Setup};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

/// Serves the front end over HTTP.
#[derive(Parser)]
struct Arguments {
    /// Data folder; made if missing.
    #[arg(long)]
    data: PathBuf,
    /// The built front end.
    #[arg(long, default_value = "ui/dist")]
    ui: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Address of the centre to propose.
    #[arg(long, default_value = "")]
    centre: String,
    /// Begin with the sample data.
    #[arg(long)]
    sample: bool,
}

/// Bytes of one call: the largest picture file as base64.
const CALL_BYTES_MAX: usize = 48 * 1024 * 1024;

#[derive(Clone)]
struct Shared {
    app: Arc<App>,
    notices: broadcast::Sender<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments {
        data,
        ui,
        listen,
        centre,
        sample,
    } = Arguments::parse();
    std::fs::create_dir_all(&data)?;
    let (notices, _) = broadcast::channel(256);
    let teller = notices.clone();
    let announcer = Arc::new(move |topics: &[&'static str]| {
        // Nobody listening is nobody to tell.
        let _ = teller.send(json!({ "topics": topics }).to_string());
    });
    let app = Arc::new(App::open(
        Setup {
            folder: data,
            centre,
            announcer,
        },
        &FileKeys,
    )?);
    app.start_engine()?;
    if sample {
        app.call("sample.start", json!({}))?;
    }
    let routes = Router::new()
        .route("/call/{name}", post(call))
        .route("/events", get(events))
        .layer(axum::extract::DefaultBodyLimit::max(CALL_BYTES_MAX)) // The shell has no limit; pictures are large.
        .with_state(Shared { app, notices })
        .fallback_service(tower_http::services::ServeDir::new(ui));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, routes).await?;
    Ok(())
}

async fn call(State(shared): State<Shared>, Path(name): Path<String>, Json(input): Json<Value>) -> Response {
    let answer = tokio::task::spawn_blocking(move || shared.app.call(&name, input)).await;
    match answer {
        Ok(Ok(output)) => Json(output).into_response(),
        Ok(Err(error)) => {
            let body = ErrorBody::from(error);
            let status = match body.code {
                ErrorCode::Invalid | ErrorCode::BadCall => StatusCode::BAD_REQUEST,
                ErrorCode::NotFound => StatusCode::NOT_FOUND,
                ErrorCode::NotAllowed => StatusCode::FORBIDDEN,
                ErrorCode::NotEnrolled | ErrorCode::UpdateRequired | ErrorCode::Locked | ErrorCode::InUse => {
                    StatusCode::CONFLICT
                }
                ErrorCode::Disk | ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, Json(body)).into_response()
        }
        Err(panic) => (StatusCode::INTERNAL_SERVER_ERROR, panic.to_string()).into_response(),
    }
}

async fn events(State(shared): State<Shared>) -> impl IntoResponse {
    let notices = BroadcastStream::new(shared.notices.subscribe());
    let events = notices
        .filter_map(Result::ok)
        .map(|text| Ok::<_, Infallible>(Event::default().data(text)));
    Sse::new(events).keep_alive(KeepAlive::default())
}
