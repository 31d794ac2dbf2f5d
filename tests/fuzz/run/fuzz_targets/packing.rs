#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (hocvu_fuzz::target("packing").run)(data));
