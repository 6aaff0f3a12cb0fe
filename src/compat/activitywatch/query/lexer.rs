//! The text of a query as words and signs.

use super::fault::{Fault, Kind, MOST_SOURCE_BYTES};

/// A word or sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(f64),
    Text(String),
    /// `( ) [ ] { } , : ; = + - * / %`
    Sign(char),
    /// `==`
    Equals,
    End,
}

/// A token and the line it stands on.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) line: u32,
}

/// All tokens of the text, and [`Token::End`].
///
/// `#` begins a comment. A text stands between quotes of either kind; only a backslash before the same quote means something, so
/// that expressions need no further escapes.
pub(super) fn tokens(source: &str) -> Result<Vec<Placed>, Fault> {
    if source.len() > MOST_SOURCE_BYTES {
        let why = format!(
            "A query is at most {} KiB long. Write a shorter one.",
            MOST_SOURCE_BYTES / 1024
        );
        return Err(Fault::new(Kind::Bound, why));
    }
    let (mut rest, mut line) = (source, 1);
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\n' => {
                line += 1;
                (None, 1)
            }
            c if c.is_whitespace() => (None, c.len_utf8()),
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            '"' | '\'' => {
                let (text, length) = text(rest, first, line)?;
                (Some(Token::Text(text)), length)
            }
            '0'..='9' => {
                let (number, length) = number(rest, line)?;
                (Some(Token::Number(number)), length)
            }
            c if c.is_alphabetic() || c == '_' => {
                let word = |c: char| c.is_alphanumeric() || c == '_';
                let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
                (Some(Token::Name(rest[..length].to_owned())), length)
            }
            '=' if rest.starts_with("==") => (Some(Token::Equals), 2),
            c if "()[]{},:;=+-*/%".contains(c) => (Some(Token::Sign(c)), 1),
            c => {
                return Err(unreadable(
                    line,
                    &format!("`{}` means nothing here", c.escape_debug()),
                ));
            }
        };
        tokens.extend(token.map(|token| Placed { token, line }));
        line += lines_in(&rest[..length], first);
        rest = &rest[length..];
    }
    tokens.push(Placed { token: Token::End, line });
    Ok(tokens)
}

/// A sentence about a place in the text.
pub(super) fn unreadable(line: u32, why: &str) -> Fault {
    Fault::new(Kind::Parse, format!("Line {line} of the query does not read: {why}."))
}

/// The text that begins with this quote, and how much of `rest` it takes.
fn text(rest: &str, quote: char, line: u32) -> Result<(String, usize), Fault> {
    let mut previous = None;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && previous != Some('\\') {
            let escaped = format!("\\{quote}");
            return Ok((rest[1..at].replace(&escaped, &quote.to_string()), at + 1));
        }
        previous = Some(c);
    }
    Err(unreadable(line, "a text does not end; close it with the quote it began with"))
}

fn number(rest: &str, line: u32) -> Result<(f64, usize), Fault> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut length = digits(rest);
    if rest[length..].starts_with('.') {
        length += 1 + digits(&rest[length + 1..]);
    }
    let number = rest[..length].parse::<f64>().ok().filter(|number| number.is_finite());
    Ok((number.ok_or_else(|| unreadable(line, "a number is too large"))?, length))
}

/// A text may go over several lines; a line's own end is counted where it stands.
fn lines_in(taken: &str, first: char) -> u32 {
    match first {
        '"' | '\'' => u32::try_from(taken.matches('\n').count()).unwrap_or(u32::MAX),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Vec<Token> {
        tokens(source).unwrap().into_iter().map(|placed| placed.token).collect()
    }

    #[test]
    fn words_signs_texts_and_comments() {
        assert_eq!(
            read("a_1 = 1.5; # = no\nb == 'it\\'s'"),
            [
                Token::Name("a_1".into()),
                Token::Sign('='),
                Token::Number(1.5),
                Token::Sign(';'),
                Token::Name("b".into()),
                Token::Equals,
                Token::Text("it's".into()),
                Token::End
            ]
        );
        // What expressions need stays as it is.
        assert_eq!(read(r#""\w+\\d \" '""#)[0], Token::Text(r#"\w+\\d " '"#.into()));
        assert_eq!(read("\"; #\"")[0], Token::Text("; #".into()));
    }

    #[test]
    fn what_does_not_read_is_named_with_its_line() {
        for (bad, word) in
            [("a = \n'x", "Line 2"), ("a ? b", "`?`"), (&"9".repeat(400), "too large")]
        {
            let refused = tokens(bad).unwrap_err();
            assert!(refused.message.contains(word), "{bad:.10}: {refused}");
        }
        assert_eq!(tokens(&" ".repeat(MOST_SOURCE_BYTES + 1)).unwrap_err().kind, Kind::Bound);
    }
}
