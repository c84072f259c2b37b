//! Secrets: every secret of an installation is looked for wherever it must not stand.

mod debug;
mod places;
mod plugins;
mod refusals;
mod story;
mod walks;
