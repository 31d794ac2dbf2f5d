//! Which member may use which, and which outside crate belongs to whom. `docs/ARCHITECTURE.md` draws the same arrows.

use std::path::Path;

use super::Complaint;
use crate::failure::Result;
use crate::project::{Dependency, Package, metadata};

/// Member → members it may use. Arrows never turn.
const ARROWS: &[(&str, &[&str])] = &[
    ("hocvu-model", &[]),
    ("hocvu-wire", &["hocvu-model"]),
    ("hocvu-photo", &["hocvu-model"]),
    ("hocvu-sheets", &[]),
    ("hocvu-store", &["hocvu-model"]),
    ("hocvu-sync", &["hocvu-model", "hocvu-wire", "hocvu-store"]),
    (
        "hocvu-app",
        &[
            "hocvu-model",
            "hocvu-photo",
            "hocvu-sheets",
            "hocvu-store",
            "hocvu-sync",
        ],
    ),
    ("hocvu-cli", &["hocvu-app", "hocvu-model"]),
    ("hocvu-central", &["hocvu-model", "hocvu-photo", "hocvu-wire"]),
    ("hocvu-testkit", EVERYTHING),
    ("hocvu-tests", EVERYTHING),
    (
        "hocvu-sim",
        &[
            "hocvu-model",
            "hocvu-wire",
            "hocvu-store",
            "hocvu-sync",
            "hocvu-central",
        ],
    ),
    ("hocvu-conformance", &["hocvu-model", "hocvu-wire", "hocvu-tests"]),
    (
        "hocvu-fuzz",
        &[
            "hocvu-model",
            "hocvu-wire",
            "hocvu-sheets",
            "hocvu-store",
            "hocvu-sync",
            "hocvu-app",
            "hocvu-central",
        ],
    ),
    ("hocvu", &["hocvu-app"]),
    ("xtask", &[]),
];
const EVERYTHING: &[&str] = &[
    "hocvu-model",
    "hocvu-wire",
    "hocvu-photo",
    "hocvu-sheets",
    "hocvu-store",
    "hocvu-sync",
    "hocvu-app",
    "hocvu-central",
    "hocvu-testkit",
];
/// Tests of these may stand on the testkit, which stands on them.
const TESTED_WITH_TESTKIT: &[&str] = &["hocvu-store", "hocvu-sync", "hocvu-app", "hocvu-cli", "hocvu-central"];

/// Outside crate (a trailing `*` stands for any ending) → members that may name it. One crate per outside thing.
const OWNERS: &[(&str, &[&str])] = &[
    ("tauri*", &["hocvu"]),
    // The conformance suite is another client: what the engine's own does must not decide what it can ask.
    ("reqwest", &["hocvu-sync", "hocvu-conformance"]),
    ("axum*", &["hocvu-central", "hocvu-testkit"]),
    (
        "rusqlite*",
        &[
            "hocvu-store",
            "hocvu-central",
            "hocvu-testkit",
            "hocvu-tests",
            "hocvu-sim",
            "hocvu-fuzz",
        ],
    ),
    (
        "image",
        &["hocvu-photo", "hocvu-central", "hocvu-testkit", "hocvu-tests"],
    ),
    ("fantoccini", &["hocvu-tests"]),
    ("tokio-postgres", &["hocvu-central"]),
    ("typst*", &[]),
    ("docx-rs", &[]),
    ("rust_xlsxwriter", &["hocvu-sheets"]),
    ("calamine", &["hocvu-sheets"]),
    ("quick-xml", &["hocvu-sheets"]),
    ("zip", &["hocvu-sheets"]),
    ("sqlx*", &[]),
];

/// Every dependency of every member has its place in the tables.
pub fn check(root: &Path) -> Result<Vec<Complaint>> {
    let packages = metadata(root)?.packages;
    let members: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    Ok(packages
        .iter()
        .flat_map(|package| {
            package
                .dependencies
                .iter()
                .filter_map(|used| judge(package, used, &members))
        })
        .chain(members.iter().filter(|name| arrows(name).is_none()).map(|name| {
            format!("{name} is not in the table of crates/xtask/src/tidy/dependencies.rs: say there whom it may use")
        }))
        .collect())
}

fn judge(package: &Package, used: &Dependency, members: &[&str]) -> Option<Complaint> {
    let (name, used_name) = (package.name.as_str(), used.name.as_str());
    if members.contains(&used_name) {
        let allowed = arrows(name).unwrap_or_default();
        let testing =
            used.kind.as_deref() == Some("dev") && used_name == "hocvu-testkit" && TESTED_WITH_TESTKIT.contains(&name);
        return (!allowed.contains(&used_name) && !testing)
            .then(|| format!("{name} must not use {used_name}; it may use: {}", listed(allowed)));
    }
    let (_, owners) = OWNERS.iter().find(|(pattern, _)| matches(pattern, used_name))?;
    (!owners.contains(&name)).then(|| format!("{name} must not name {used_name}; it belongs to: {}", listed(owners)))
}

fn arrows(name: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(from, _)| *from == name).map(|(_, to)| *to)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |start| name.starts_with(start))
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "nobody".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str, used: &str, kind: Option<&str>) -> Option<Complaint> {
        let package = Package {
            name: name.into(),
            dependencies: Vec::new(),
        };
        let used = Dependency {
            name: used.into(),
            kind: kind.map(Into::into),
        };
        let members: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
        judge(&package, &used, &members)
    }

    #[test]
    fn arrows_never_turn() {
        assert_eq!(judged("hocvu-wire", "hocvu-model", None), None);
        assert!(
            judged("hocvu-model", "hocvu-wire", None).is_some(),
            "the domain knows no protocol"
        );
        assert!(
            judged("hocvu-app", "hocvu-wire", None).is_some(),
            "use cases know no protocol"
        );
        assert!(
            judged("hocvu-store", "hocvu-wire", None).is_some(),
            "the file and the protocol do not know each other"
        );
        assert!(
            judged("hocvu-central", "hocvu-store", None).is_some(),
            "the centre knows nothing of the device"
        );
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        assert_eq!(judged("hocvu-cli", "hocvu-testkit", Some("dev")), None);
        assert!(judged("hocvu-cli", "hocvu-testkit", None).is_some());
    }

    #[test]
    fn an_outside_crate_has_one_owner() {
        assert_eq!(judged("hocvu-sync", "reqwest", None), None);
        assert!(judged("hocvu-app", "reqwest", None).is_some());
        assert!(judged("hocvu-app", "tauri-plugin-dialog", None).is_some());
        assert!(
            judged("hocvu-central", "typst-pdf", None).is_some(),
            "nobody renders yet"
        );
    }
}
