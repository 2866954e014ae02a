//! The `cargo xtask` binary: hand the arguments to the library, exit with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::main(std::env::args_os())
}
