//! The sandbox over real HTTP, with real git.
//!
//! To add a test: a function in the file of its noun. `kit` starts a world of one's own, on free ports.

mod bitbucket;
mod kit;
mod pages;
mod restart;
mod sign_in;
mod webhooks;
