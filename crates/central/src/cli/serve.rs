//! `serve`: runs the centre until it is told to stop.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::{DEPLOYMENT, File, say};
use crate::config::{Config, Limits};
use crate::db;
use crate::error::Result;
use crate::feed::Reader;
use crate::http::{Centre, TlsFiles};
use crate::world::World;

/// What a centre is run with.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    file: File,
    /// Địa chỉ lắng nghe.
    #[arg(long, default_value = "127.0.0.1:8740")]
    listen: SocketAddr,
    /// Tên đợt triển khai; tệp cũ giữ tên của nó.
    #[arg(long)]
    deployment: Option<String>,
    /// Số yêu cầu của một máy trong một phút.
    #[arg(long, default_value_t = Limits::default().requests_per_minute)]
    requests_per_minute: u32,
    /// Số thao tác của một máy trong một giờ; không đặt là không giới hạn.
    #[arg(long)]
    operations_per_hour: Option<u32>,
    /// Thư mục thả gói .hvb: gói trong đó được nhận, chuyển vào done hoặc refused, biên nhận nằm cạnh gói.
    #[arg(long)]
    drop: Option<PathBuf>,
    /// Địa chỉ của proxy đứng trước: chỉ X-Forwarded-For từ đó được tin khi đếm số lần thử mã.
    #[arg(long)]
    trusted_proxy: Option<IpAddr>,
    /// Chứng chỉ TLS của máy chủ (PEM, cả chuỗi); cần cùng --tls-key. Không có thì cần một proxy đứng trước.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Khóa riêng của chứng chỉ (PEM).
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Serve {
    /// Runs until the process is told to stop.
    pub(super) fn run(self, world: Arc<dyn World>) -> Result<()> {
        let limits = Limits {
            requests_per_minute: self.requests_per_minute,
            operations_per_hour: self.operations_per_hour,
            ..Limits::default()
        };
        let deployment = self.deployment;
        let tls = self.tls_cert.zip(self.tls_key);
        let tls = tls.map(|(certificate, key)| TlsFiles { certificate, key });
        let config = Config {
            listen: self.listen,
            limits,
            drop: self.drop,
            trusted_proxy: self.trusted_proxy,
            tls,
            ..Config::new(self.file.db, String::new(), world)
        };
        serve(config, deployment)
    }
}

fn serve(config: Config, deployment: Option<String>) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let deployment = match deployment {
        Some(deployment) => deployment,
        None if config.db.exists() => {
            db::meta(Reader::open(&config.db)?.db(), "deployment")?.unwrap_or_else(|| DEPLOYMENT.to_owned())
        }
        None => DEPLOYMENT.to_owned(),
    };
    let config = Config { deployment, ..config };
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
