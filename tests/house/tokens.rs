//! Rust text cut into words and signs, without comments, strings or character literals, so that a rule never trips over prose.
//! It must never guess: what it cannot read it passes on as single signs.

/// A word, a `::`, or one sign, with the line it stands on (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut line, mut out) = (0, 1, Vec::new());
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => block_end(&chars, at),
            '"' => string_end(&chars, at),
            'r' | 'b' | 'c' if string_prefix(&chars, at).is_some() => {
                let (quote, hashes) = string_prefix(&chars, at).unwrap_or_default();
                if hashes.is_some() {
                    raw_end(&chars, quote, hashes.unwrap_or(0))
                } else {
                    string_end(&chars, quote)
                }
            }
            '\'' => char_end(&chars, at),
            c if c.is_alphabetic() || c == '_' => {
                let end = (at..chars.len())
                    .find(|i| !(chars[*i].is_alphanumeric() || chars[*i] == '_'))
                    .unwrap_or(chars.len());
                out.push(Token { text: chars[at..end].iter().collect(), line });
                end
            }
            ':' if chars.get(at + 1) == Some(&':') => {
                out.push(Token { text: "::".into(), line });
                at + 2
            }
            c => {
                if !c.is_whitespace() {
                    out.push(Token { text: c.into(), line });
                }
                at + 1
            }
        };
        line += chars[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    out
}

fn line_end(chars: &[char], at: usize) -> usize {
    (at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len())
}

fn block_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0usize, at);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') if depth == 1 => return i + 2,
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    chars.len()
}

/// For `r"`, `br#"`, `c"`, `b"` and the like: where the quote is, and for raw strings how many hashes.
fn string_prefix(chars: &[char], at: usize) -> Option<(usize, Option<usize>)> {
    if at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_') {
        return None;
    }
    let letters = (at..chars.len()).take_while(|i| "rbc".contains(chars[*i])).count();
    let raw = chars[at..at + letters].contains(&'r');
    let hashes = (at + letters..chars.len()).take_while(|i| chars[*i] == '#').count();
    let quote = at + letters + hashes;
    let fits = letters <= 2 && chars.get(quote) == Some(&'"') && (raw || hashes == 0);
    fits.then_some((quote, raw.then_some(hashes)))
}

fn string_end(chars: &[char], quote: usize) -> usize {
    let mut i = quote + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

fn raw_end(chars: &[char], quote: usize, hashes: usize) -> usize {
    (quote + 1..chars.len())
        .find(|i| chars[*i] == '"' && (1..=hashes).all(|h| chars.get(i + h) == Some(&'#')))
        .map_or(chars.len(), |i| i + 1 + hashes)
}

/// A character literal is skipped whole; a lifetime loses only its tick, and its word is no path.
fn char_end(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        return (at + 3..chars.len()).find(|i| chars[*i] == '\'').map_or(chars.len(), |i| i + 1);
    }
    if chars.get(at + 2) == Some(&'\'') { at + 3 } else { at + 1 }
}

#[test]
fn prose_is_no_code() {
    let text = "a // redb::x\n/* tokio::y /* z */ */ \"axum::q \\\" //\" r#\"std::fs \" \"# b'\\'' 'x' '\"' <'life> b\"net::\" c::d";
    let seen: Vec<_> = tokens(text).into_iter().map(|t| t.text).collect();
    assert_eq!(seen, ["a", "b", "<", "life", ">", "c", "::", "d"]);
}

#[test]
fn lines_are_counted_through_strings_and_comments() {
    let seen = tokens("/* 1\n2 */ \"3\n\" x\ny");
    assert_eq!(
        seen.iter().map(|t| (t.text.as_str(), t.line)).collect::<Vec<_>>(),
        [("x", 3), ("y", 4)]
    );
}
