//! Attacks on the link walk, over TLS on names that browsers keep apart, each browser with a cookie jar of its own.
//!
//! After every case nobody is linked but who must be, no code was redeemed that must not be, and an honest walk works.

mod browser;
mod four;
mod pages;
mod times;
mod turns;
mod values;
