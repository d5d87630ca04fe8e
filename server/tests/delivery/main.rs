//! From draft to merged against the sandbox's real Bitbucket and real git, on both engines; decisions under contention;
//! and a SIGKILL at every moment of every step.

mod catalogue;
mod closing;
mod crash;
mod decisions;
mod drafts;
mod fate;
mod fence;
mod matrix;
mod refusals;
mod trouble;
mod webhook;
mod world;
