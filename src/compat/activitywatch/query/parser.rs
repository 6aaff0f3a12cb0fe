//! The words of a query as statements. Both dialects at once: what either server reads is read.
//!
//! ```text
//! program    = { statement }
//! statement  = [ simple ] ";"  |  "if" sum block { ("elif" | "else" "if") sum block } [ "else" block ]     the last ";" may be left out
//! simple     = [ "return" ] [ name "=" ] sum
//! block      = "{" program "}"
//! sum        = operand { ("+" | "-" | "*" | "/" | "%" | "==") operand }                 from left to right, all equally strong
//! operand    = number | text | True | False | name | name "(" [ list ] ")" | "[" [ list ] "]" | "{" [ pairs ] "}" | "(" sum ")"
//! ```

use super::fault::{DEEPEST_SOURCE, Fault};
use super::lexer::{Placed, Token, tokens, unreadable};

/// What a query does.
#[derive(Debug)]
pub(super) enum Statement {
    /// `name = value`
    Assign(String, Expression),
    /// The value is what the query answers; a name takes it, too.
    Return(Option<String>, Expression),
    /// A value nobody keeps.
    Do(Expression),
    /// The first branch that holds; `else` is one without a condition.
    If(Vec<(Option<Expression>, Vec<Statement>)>),
}

/// A value to be found.
#[derive(Debug)]
pub(super) enum Expression {
    Bool(bool),
    Number(f64),
    Text(String),
    Name(String),
    List(Vec<Expression>),
    Dict(Vec<(String, Expression)>),
    Call(String, Vec<Expression>),
    /// From left to right; a chain and no tree, so that a long one is not deep.
    Chain(Box<Expression>, Vec<(Operator, Expression)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
    Equals,
}

/// The statements of a query.
pub(super) fn program(source: &str) -> Result<Vec<Statement>, Fault> {
    let mut parser = Parser { tokens: tokens(source)?, at: 0, depth: 0 };
    let statements = parser.statements()?;
    match parser.peek() {
        Token::End => Ok(statements),
        _ => Err(parser.fault("a closing bracket has no opening one")),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    depth: u32,
}

impl Parser {
    /// Until the end or a closing bracket.
    fn statements(&mut self) -> Result<Vec<Statement>, Fault> {
        let mut statements = Vec::new();
        loop {
            match self.peek() {
                Token::End | Token::Sign('}') => return Ok(statements),
                Token::Sign(';') => self.at += 1,
                Token::Name(name) if name == "if" => {
                    self.at += 1;
                    statements.push(self.branches()?);
                }
                _ => {
                    statements.push(self.simple()?);
                    match self.peek() {
                        Token::Sign(';') => self.at += 1,
                        Token::End | Token::Sign('}') => {}
                        _ => return Err(self.fault("a statement ends with `;`")),
                    }
                }
            }
        }
    }

    fn simple(&mut self) -> Result<Statement, Fault> {
        let returns = self.takes_word("return");
        let assigned = match (self.peek(), self.tokens.get(self.at + 1).map(|t| &t.token)) {
            (Token::Name(name), Some(Token::Sign('='))) => Some(name.clone()),
            _ => None,
        };
        if let Some(name) = &assigned {
            if is_reserved(name) {
                return Err(self.fault(&format!("`{name}` cannot be assigned to")));
            }
            self.at += 2;
        }
        let value = self.sum()?;
        Ok(match (returns, assigned) {
            (true, name) => Statement::Return(name, value),
            (false, Some(name)) => Statement::Assign(name, value),
            (false, None) => Statement::Do(value),
        })
    }

    fn branches(&mut self) -> Result<Statement, Fault> {
        let condition = self.sum()?;
        let mut branches = vec![(Some(condition), self.block()?)];
        loop {
            let is_next = self.takes_word("elif");
            if !is_next && !self.takes_word("else") {
                return Ok(Statement::If(branches));
            }
            if is_next || self.takes_word("if") {
                let condition = self.sum()?;
                branches.push((Some(condition), self.block()?));
            } else {
                branches.push((None, self.block()?));
                return Ok(Statement::If(branches));
            }
        }
    }

    fn block(&mut self) -> Result<Vec<Statement>, Fault> {
        self.expect('{')?;
        self.deeper()?;
        let statements = self.statements()?;
        self.depth -= 1;
        self.expect('}')?;
        Ok(statements)
    }

    fn sum(&mut self) -> Result<Expression, Fault> {
        let first = self.operand()?;
        let mut rest = Vec::new();
        while let Some(operator) = operator(self.peek()) {
            self.at += 1;
            rest.push((operator, self.operand()?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Chain(Box::new(first), rest) })
    }

    fn operand(&mut self) -> Result<Expression, Fault> {
        let token = self.peek().clone();
        self.at += 1;
        Ok(match token {
            Token::Number(number) => Expression::Number(number),
            Token::Text(text) => Expression::Text(text),
            Token::Name(name) if matches!(&*name, "True" | "true") => Expression::Bool(true),
            Token::Name(name) if matches!(&*name, "False" | "false") => Expression::Bool(false),
            Token::Name(name) if *self.peek() == Token::Sign('(') => {
                self.at += 1;
                Expression::Call(name, self.list(')')?)
            }
            Token::Name(name) if !is_reserved(&name) => Expression::Name(name),
            Token::Sign('[') => Expression::List(self.list(']')?),
            Token::Sign('{') => Expression::Dict(self.pairs()?),
            Token::Sign('(') => {
                self.deeper()?;
                let inner = self.sum()?;
                self.depth -= 1;
                self.expect(')')?;
                inner
            }
            _ => {
                self.at -= 1;
                return Err(self.fault("a value is missing"));
            }
        })
    }

    fn list(&mut self, end: char) -> Result<Vec<Expression>, Fault> {
        self.items(end, Self::sum)
    }

    fn pairs(&mut self) -> Result<Vec<(String, Expression)>, Fault> {
        self.items('}', |parser| {
            let Token::Text(key) = parser.peek().clone() else {
                return Err(parser.fault("the key in an object is a text"));
            };
            parser.at += 1;
            parser.expect(':')?;
            Ok((key, parser.sum()?))
        })
    }

    /// What stands between commas, up to the closing bracket.
    fn items<T>(
        &mut self,
        end: char,
        mut item: impl FnMut(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut items = Vec::new();
        self.deeper()?;
        if !self.takes(end) {
            loop {
                items.push(item(self)?);
                if !self.takes(',') {
                    self.expect(end)?;
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEEPEST_SOURCE {
            return Err(Fault::bound("nests brackets too deeply"));
        }
        Ok(())
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |placed| &placed.token)
    }

    fn takes(&mut self, sign: char) -> bool {
        let is_next = *self.peek() == Token::Sign(sign);
        self.at += usize::from(is_next);
        is_next
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.peek(), Token::Name(name) if name == word);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: char) -> Result<(), Fault> {
        if self.takes(sign) { Ok(()) } else { Err(self.fault(&format!("`{sign}` is missing"))) }
    }

    fn fault(&self, why: &str) -> Fault {
        let place = self.tokens.get(self.at).or(self.tokens.last());
        unreadable(place.map_or(1, |placed| placed.line), why)
    }
}

fn is_reserved(name: &str) -> bool {
    matches!(name, "True" | "true" | "False" | "false" | "if" | "elif" | "else" | "return")
}

const fn operator(token: &Token) -> Option<Operator> {
    Some(match token {
        Token::Sign('+') => Operator::Plus,
        Token::Sign('-') => Operator::Minus,
        Token::Sign('*') => Operator::Times,
        Token::Sign('/') => Operator::Over,
        Token::Sign('%') => Operator::Modulo,
        Token::Equals => Operator::Equals,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dialects_read() {
        for good in [
            "",
            ";;",
            "RETURN = 1",
            "a=[];\nreturn a;",
            "a = f(g(\"x\"), {\"k\": [1, True], 'l': {}});",
            "if a == 1 { b = 2; } elif a == 2 { b = 3 } else if c { } else { return 1; }",
            "print(1 + 2 * (3 - 4));",
            "return RETURN = 4;",
        ] {
            assert!(program(good).is_ok(), "{good}: {:?}", program(good));
        }
    }

    #[test]
    fn what_neither_reads_is_refused_with_its_line() {
        for bad in [
            "a = ;",
            "a = [1,];",
            "a = [1;",
            "a = f(1 2);",
            "a = {1: 2};",
            "a = {\"x\" 2};",
            "a = 1 b = 2;",
            "True = 1;",
            "return;",
            "}",
            "if { }",
            "if 1 { a = 1;",
            "else { }",
            "a = -1;",
            "a = b = 1;",
        ] {
            let refused = program(&format!("\n{bad}")).unwrap_err().message;
            assert!(refused.starts_with("Line 2"), "{bad}: {refused}");
        }
    }

    #[test]
    fn deep_is_refused_and_long_is_not() {
        for deep in ["[", "(", "{\"a\":", "f(", "if 1 {"] {
            let refused = program(&deep.repeat(2_000)).unwrap_err();
            assert!(refused.message.contains("too deeply"), "{deep}: {refused}");
        }
        let long = format!("a = 1{};", "+1".repeat(50_000));
        assert!(program(&long).is_ok());
    }
}
