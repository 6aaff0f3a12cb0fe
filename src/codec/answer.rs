//! Answers that are kept.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::answer::{Answer, AnswerCommand, Given};

fields!(Given { status, media_type, sealed });
fields!(Answer { at, given });
choice!(AnswerCommand {
    0 => Begin { key },
    1 => Give { key, given },
    2 => Forget { key },
    3 => BeginFor { caller, key },
    4 => ForgetOld { rows },
});

impl Record for Answer {
    const NAME: &'static str = "a kept answer";
}
