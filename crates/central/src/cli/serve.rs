//! `serve`: runs the centre until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::{DEPLOYMENT, say};
use crate::config::{Config, Limits};
use crate::db;
use crate::error::Result;
use crate::feed::Reader;
use crate::http::{Centre, TlsFiles};
use crate::world::World;

pub(super) fn run(
    db: PathBuf,
    listen: SocketAddr,
    deployment: Option<String>,
    limits: Limits,
    drop: Option<PathBuf>,
    tls: Option<TlsFiles>,
    world: Arc<dyn World>,
) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let deployment = match deployment {
        Some(deployment) => deployment,
        None if db.exists() => {
            db::meta(Reader::open(&db)?.db(), "deployment")?.unwrap_or_else(|| DEPLOYMENT.to_owned())
        }
        None => DEPLOYMENT.to_owned(),
    };
    let config = Config {
        listen,
        limits,
        drop,
        tls,
        ..Config::new(db, deployment, world)
    };
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let centre = Centre::start(config).await?;
            say(&format!("Máy chủ sẵn sàng: {scheme}://{}", centre.address()));
            told_to_stop().await;
            tracing::info!("stopping");
            centre.shutdown().await;
            Ok(())
        })
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        drop(tokio::signal::ctrl_c().await);
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}
