//! Chooses the front end; owns nothing else.

fn main() {
    specfuse::cli::leave(specfuse::cli::main(std::env::args_os()))
}
