//! The binary from outside: sign-in, sessions, routes and their guards, commands. Every test runs on SQLite and, where
//! `CAUSEWAY_TEST_POSTGRES` names a server, on Postgres.
//!
//! To add a test: a function in the file of its noun that calls [`kit::each`].

mod kit;

mod backchannel;
mod commands;
mod coverage;
mod demo_world;
mod guards;
mod live;
mod messages;
mod operators;
mod redirects;
mod roles;
mod sessions;
mod sign_in;
