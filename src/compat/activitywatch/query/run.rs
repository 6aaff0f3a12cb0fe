//! Runs the statements of a query over one period.

use std::collections::HashMap;
use std::rc::Rc;

use super::fault::{Fault, Kind, Meter};
use super::function;
use super::parser::{Expression, Operator, Statement};
use super::source::{Period, Source};
use super::value::{Dict, Value};

/// What a query answers for one period.
pub(super) fn run(
    statements: &[Statement],
    period: &Period,
    name: &str,
    source: &dyn Source,
    meter: &Meter<'_>,
) -> Result<Value, Fault> {
    let names = [
        ("NAME", name.to_owned()),
        ("STARTTIME", period.start_text()),
        ("ENDTIME", period.end_text()),
        ("TIMEINTERVAL", format!("{}/{}", period.start_text(), period.end_text())),
    ];
    let variables = names.map(|(name, text)| (name.to_owned(), Value::text(text))).into();
    let mut run = Run { variables, source, meter };
    run.statements(statements)?;
    run.variables.remove(RETURN).ok_or_else(|| {
        Fault::new(Kind::Parse, "The query answers nothing. Assign what it finds to RETURN.")
    })
}

/// What the query answers.
const RETURN: &str = "RETURN";

/// A query on its way.
pub(super) struct Run<'a> {
    variables: HashMap<String, Value>,
    pub(super) source: &'a dyn Source,
    pub(super) meter: &'a Meter<'a>,
}

impl Run<'_> {
    /// What `STARTTIME` and `ENDTIME` say now: a query may set them itself.
    pub(super) fn period(&self) -> Result<Period, Fault> {
        let text = |name: &str| match self.variables.get(name) {
            Some(Value::Text(text)) => Ok(text.clone()),
            _ => Err(Fault::function(format!("{name} is no time. Leave it as it was given."))),
        };
        Period::new(&text("STARTTIME")?, &text("ENDTIME")?)
    }

    fn statements(&mut self, statements: &[Statement]) -> Result<(), Fault> {
        for statement in statements {
            self.meter.step(1)?;
            match statement {
                Statement::Assign(name, value) => {
                    let value = self.value(value)?;
                    self.assign(name, value)?;
                }
                // As in aw-server-rust, what follows is still done, and may answer something else.
                Statement::Return(name, value) => {
                    let value = self.value(value)?;
                    if let Some(name) = name {
                        self.assign(name, value.clone())?;
                    }
                    self.assign(RETURN, value)?;
                }
                Statement::Do(value) => {
                    self.value(value)?;
                }
                Statement::If(branches) => {
                    for (condition, block) in branches {
                        let holds = condition.as_ref().map_or(Ok(true), |c| self.holds(c))?;
                        if holds {
                            self.statements(block)?;
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn assign(&mut self, name: &str, value: Value) -> Result<(), Fault> {
        if name == "TIMEINTERVAL" {
            let Value::Text(text) = &value else {
                return Err(Fault::function(
                    "TIMEINTERVAL is a text such as 2026-01-01/2026-01-02.",
                ));
            };
            let (start, end) = Period::halves(text)?;
            self.variables.insert("STARTTIME".to_owned(), Value::text(start));
            self.variables.insert("ENDTIME".to_owned(), Value::text(end));
        }
        self.variables.insert(name.to_owned(), value);
        Ok(())
    }

    fn holds(&mut self, condition: &Expression) -> Result<bool, Fault> {
        match self.value(condition)? {
            Value::Bool(holds) => Ok(holds),
            other => Err(interpret(format!(
                "A condition is True or False, and this one is {}. Compare with `==`.",
                other.kind()
            ))),
        }
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, Fault> {
        self.meter.step(1)?;
        match expression {
            Expression::Bool(value) => Ok(Value::Bool(*value)),
            Expression::Number(number) => Value::number(*number),
            Expression::Text(text) => self.text(text),
            Expression::Name(name) => self.variables.get(name).cloned().ok_or_else(|| {
                interpret(format!("There is no variable `{}`. Assign it first.", short(name)))
            }),
            Expression::List(items) => {
                let items = self.values(items)?;
                Value::list(items, self.meter)
            }
            Expression::Dict(fields) => {
                let mut all = std::collections::BTreeMap::new();
                for (key, value) in fields {
                    all.insert(Rc::from(key.as_str()), self.value(value)?);
                }
                Ok(Value::Dict(Dict::new(all, self.meter)?))
            }
            Expression::Call(name, arguments) => {
                let arguments = self.values(arguments)?;
                function::call(self, name, arguments)
            }
            Expression::Chain(first, rest) => {
                let mut value = self.value(first)?;
                for (operator, other) in rest {
                    let other = self.value(other)?;
                    value = self.operate(*operator, &value, &other)?;
                }
                Ok(value)
            }
        }
    }

    fn values(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, Fault> {
        expressions.iter().map(|expression| self.value(expression)).collect()
    }

    fn text(&self, text: &str) -> Result<Value, Fault> {
        self.meter.step(text.len())?;
        Ok(Value::text(text))
    }

    fn operate(&self, operator: Operator, a: &Value, b: &Value) -> Result<Value, Fault> {
        match (operator, a, b) {
            (Operator::Equals, _, _) => Ok(Value::Bool(a.same(b, self.meter)?)),
            (Operator::Plus, Value::List(a), Value::List(b)) => {
                // Room is asked for before it is taken.
                drop(self.meter.hold((a.inner.len() + b.inner.len()) * size_of::<Value>())?);
                Value::list(a.inner.iter().chain(&b.inner).cloned().collect(), self.meter)
            }
            (Operator::Plus, Value::Text(a), Value::Text(b))
                if a.len() + b.len() <= LONGEST_TEXT =>
            {
                self.text(&format!("{a}{b}"))
            }
            (Operator::Plus, Value::Text(_), Value::Text(_)) => {
                Err(Fault::bound("makes a text too long"))
            }
            (_, Value::Number(a), Value::Number(b)) => {
                let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
                if b == 0.0 && matches!(operator, Operator::Over | Operator::Modulo) {
                    return Err(interpret(
                        "The query divides by zero. Look at what it divides by.",
                    ));
                }
                Value::number(match operator {
                    Operator::Plus => a + b,
                    Operator::Minus => a - b,
                    Operator::Times => a * b,
                    Operator::Over => a / b,
                    Operator::Modulo | Operator::Equals => a % b,
                })
            }
            _ => Err(interpret(format!(
                "The query calculates with {} and {}. Both must be numbers; `+` also joins two lists or two texts.",
                a.kind(),
                b.kind()
            ))),
        }
    }
}

/// No text made of two is longer.
const LONGEST_TEXT: usize = 64 * 1024;

pub(super) fn interpret(message: impl Into<String>) -> Fault {
    Fault::new(Kind::Interpret, message)
}

/// A name from outside, for a sentence.
pub(super) fn short(name: &str) -> String {
    name.chars().take(64).collect()
}
