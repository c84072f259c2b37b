//! Embeds a new migration also when nothing else has changed.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
