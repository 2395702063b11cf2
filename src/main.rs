//! Chooses the front end; owns nothing else.

fn main() -> std::process::ExitCode {
    specfuse::cli::main(std::env::args_os())
}
