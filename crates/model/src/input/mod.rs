//! Reading what people type: whole numbers, dates and times of day. Forgiving where it is safe, never guessing.

pub mod date;
pub mod integer;
pub mod time;
