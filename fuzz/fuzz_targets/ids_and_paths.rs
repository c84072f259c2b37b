#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ownhand_e2e::fuzz_inputs::play("ids_and_paths", input));
