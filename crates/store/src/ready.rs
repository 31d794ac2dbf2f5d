use hocvu_model::session::PhotoId;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::index::Index;
use crate::photos::photos_of;

/// The body of a record that is not here yet, made ready to be written: it needs nothing of the file, so that whoever writes
/// ten thousand in one transaction makes the next ones ready meanwhile.
#[derive(Debug)]
pub struct Ready {
    /// The fields as text, exactly as the operation will have them.
    pub(crate) set: Box<RawValue>,
    pub(crate) index: Index,
    pub(crate) photos: Vec<PhotoId>,
}

impl Ready {
    /// Of the whole body of a record of that kind, which must hold no null: nothing is there to be removed.
    pub fn of(record_type: &str, body: &Map<String, Value>) -> Self {
        Self {
            set: to_raw_value(body).expect("plain data is always JSON"),
            index: Index::of(record_type, body),
            photos: photos_of(body),
        }
    }
}
