use std::path::PathBuf;

use hocvu_sync::bundle::{Salvaged, salvage};

use super::problem;
use crate::error::Result;
use crate::secrets::KeyProvider;
use crate::{DATA_FILE, System};

/// Saves what can still be read of a damaged data file into sealed bundles. For the command line: such a file may not even
/// open as an app.
pub struct Salvage {
    /// The data folder.
    pub data: PathBuf,
    /// Where the bundles go.
    pub to: PathBuf,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SalvageReport {
    /// Names of the bundles.
    pub files: Vec<String>,
    /// Changes that were whole in their signed frames.
    pub in_frames: u32,
    /// Changes found singly and sealed anew.
    pub sealed_anew: u32,
    /// Rows that could not be read.
    pub lost: u32,
}

impl Salvage {
    /// Saves. The damaged file is not touched.
    ///
    /// # Errors
    /// The key is gone, or not even the identity can be read; a medium that refuses is an `usb_problem_<code>` in the inner
    /// result.
    pub fn run(self, keys: &dyn KeyProvider) -> Result<std::result::Result<SalvageReport, String>> {
        let Self { data, to } = self;
        let environment = System;
        let random = |bytes: &mut [u8]| hocvu_sync::Environment::random(&environment, bytes);
        let (key, _) = keys.key(&data, true, &random)?;
        Ok(match salvage(&data.join(DATA_FILE), &key, &environment, &to) {
            Ok(saved) => {
                let Salvaged {
                    written,
                    in_frames,
                    sealed_anew,
                    lost,
                } = saved;
                Ok(SalvageReport {
                    files: written.into_iter().map(|bundle| bundle.name).collect(),
                    in_frames,
                    sealed_anew,
                    lost,
                })
            }
            Err(trouble) => Err(problem(trouble)?),
        })
    }
}
