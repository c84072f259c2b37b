#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ownhand_e2e::hostile::multipart(data));
