#![deny(unused_imports)]

pub mod api;
pub mod error;
pub mod result;
pub mod x_win_struct;
