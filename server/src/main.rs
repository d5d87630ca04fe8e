//! The `causeway` program.

fn main() -> std::process::ExitCode {
    causeway_server::run()
}
