//! System packages: asked for by name, skipped when present.

use crate::failure::{Failure, Result};
use crate::shell::{Shell, exists, timed};

/// What the build links with.
const BUILD: &[&str] = &[
    "build-essential",
    "file",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];
/// What drives the real app without a display.
const HEADLESS: &[&str] = &["dbus", "fonts-khmeros", "fonts-noto-core", "webkit2gtk-driver", "xvfb"];
/// The browser of the web suite.
const BROWSER: &[&str] = &["chromium"];

/// The centre's mirror is tested on a real one.
const DATABASE: &[&str] = &["postgresql"];

/// Writes real .xls, .xlsx, .ods and .csv files for the import to read.
const OFFICE: &[&str] = &["libreoffice-calc"];

/// What the machine is asked to do next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Build, and open the app on a display.
    Build,
    /// Build, and drive the app on a display that is not there.
    Headless,
    /// All of it, a browser, a database server and an office suite.
    Test,
}

/// Installs what is missing; says so where that is not possible.
pub fn setup(purpose: Purpose) -> Result {
    let lists: &[&[&str]] = match purpose {
        Purpose::Build => &[BUILD],
        Purpose::Headless => &[BUILD, HEADLESS],
        Purpose::Test => &[BUILD, HEADLESS, BROWSER, DATABASE, OFFICE],
    };
    install(&lists.concat())
}

/// Installs those of the packages that are missing.
pub fn install(packages: &[&str]) -> Result {
    timed("system packages", || {
        for tool in ["node", "npm"] {
            if !exists(tool) && !exists(&format!("{tool}.cmd")) {
                return Err(Failure(format!("`{tool}` is missing: install Node.js 20.19 or later")));
            }
        }
        if cfg!(windows) {
            return Ok(()); // The web view and the linker come with Windows and Rust.
        }
        if !exists("dpkg-query") || !exists("apt-get") {
            println!(
                "  not a Debian system; these packages (or their like) must be there: {}",
                packages.join(" ")
            );
            return Ok(());
        }
        let missing: Vec<&str> = packages.iter().copied().filter(|package| !installed(package)).collect();
        if missing.is_empty() {
            println!("  all {} packages are there", packages.len());
            return Ok(());
        }
        println!("  missing: {}", missing.join(" "));
        apt_get()?.args(["update", "--quiet"]).run()?;
        apt_get()?
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(&missing)
            .run()
    })
}

fn installed(package: &str) -> bool {
    let asked = Shell::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]);
    asked.capture_quietly().is_some_and(|status| status == "installed")
}

/// `apt-get`, as root or through sudo.
fn apt_get() -> Result<Shell> {
    let root = Shell::new("id").arg("-u").capture()?.trim() == "0";
    if root {
        return Ok(Shell::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive"));
    }
    if !exists("sudo") {
        return Err("system packages are missing, and there is neither root nor sudo to install them with".into());
    }
    Ok(Shell::new("sudo").args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]))
}
