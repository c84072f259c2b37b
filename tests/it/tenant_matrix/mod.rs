//! Tenants: every route and every command, tried with the credentials of everybody who has no business there.

mod commands;
mod hook;
mod http;
mod jane;
mod routes;
