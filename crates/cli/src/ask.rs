use hocvu_app::App;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;

/// Runs a use case by its name, as the screens do.
pub fn ask<O: DeserializeOwned>(app: &App, name: &str, input: &impl Serialize) -> Result<O, Failure> {
    let input = serde_json::to_value(input).map_err(|error| Failure::Said(error.to_string()))?;
    let output = app.call(name, input)?;
    serde_json::from_value(output).map_err(|error| Failure::Said(error.to_string()))
}
