//! A question to the person at the terminal, and their yes. Anything else, and nobody at a terminal, is a no.

use std::io::{self, BufRead, IsTerminal, Read};

use super::print;

/// No answer is longer.
const MOST_BYTES: u64 = 64;

/// Does the person say yes?
pub(super) fn asks(question: &str) -> bool {
    let input = io::stdin();
    if !input.is_terminal() {
        return false;
    }
    print::complain(&format!("{question} [y/N]"));
    let mut answer = String::new();
    let read = io::BufReader::new(input.lock().take(MOST_BYTES)).read_line(&mut answer);
    read.is_ok() && ["y", "yes", "j", "ja"].contains(&answer.trim().to_lowercase().as_str())
}
