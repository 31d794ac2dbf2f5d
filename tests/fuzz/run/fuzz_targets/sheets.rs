#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The crate catches panics of the readers it guards; only what comes out of it may end the run.
    drop(std::panic::take_hook());
    (hocvu_fuzz::target("sheets").run)(data);
});
