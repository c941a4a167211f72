//! Rules for what may be entered, and the words and numbers by which files name their kinds.

use super::Area;
use std::sync::Arc;

/// A rule for what may be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// Where it holds.
    pub areas: Vec<Area>,
    /// What it asks for.
    pub kind: ValidationKind,
    /// How the bounds are meant.
    pub operator: Operator,
    /// First bound, list source or formula, as the file has it.
    pub first: String,
    /// Second bound.
    pub second: String,
    /// Values that a list allows; `None` where it is no list or its source cannot be told without calculating.
    pub allowed: Option<Arc<[String]>>,
    /// What happens on another value.
    pub alert: Alert,
    /// True when an empty cell is allowed.
    pub blank: bool,
    /// Message on entering.
    pub prompt: String,
    /// Message on another value.
    pub error: String,
}

/// What a rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the format say it")]
pub enum ValidationKind {
    Any,
    Whole,
    Decimal,
    List,
    Date,
    Time,
    TextLength,
    Custom,
}

/// How the bounds of a rule are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the format say it")]
pub enum Operator {
    Between,
    NotBetween,
    Equal,
    NotEqual,
    LessThan,
    LessOrEqual,
    GreaterThan,
    GreaterOrEqual,
}

/// What happens when another value is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// It is refused.
    Stop,
    /// It is questioned.
    Warning,
    /// It is remarked upon.
    Information,
    /// Nothing.
    None,
}

/// What a rule asks for, by its word in XML.
pub(super) fn kind(text: &str) -> ValidationKind {
    match text {
        "whole" => ValidationKind::Whole,
        "decimal" => ValidationKind::Decimal,
        "list" => ValidationKind::List,
        "date" => ValidationKind::Date,
        "time" => ValidationKind::Time,
        "textLength" => ValidationKind::TextLength,
        "custom" => ValidationKind::Custom,
        _ => ValidationKind::Any,
    }
}

/// How bounds are meant, by its word in XML.
pub(super) fn operator(text: &str) -> Operator {
    match text {
        "notBetween" => Operator::NotBetween,
        "equal" => Operator::Equal,
        "notEqual" => Operator::NotEqual,
        "lessThan" => Operator::LessThan,
        "lessThanOrEqual" => Operator::LessOrEqual,
        "greaterThan" => Operator::GreaterThan,
        "greaterThanOrEqual" => Operator::GreaterOrEqual,
        _ => Operator::Between,
    }
}

/// What a rule asks for, by its number.
pub(super) fn kind_of(number: u32) -> ValidationKind {
    match number {
        1 => ValidationKind::Whole,
        2 => ValidationKind::Decimal,
        3 => ValidationKind::List,
        4 => ValidationKind::Date,
        5 => ValidationKind::Time,
        6 => ValidationKind::TextLength,
        7 => ValidationKind::Custom,
        _ => ValidationKind::Any,
    }
}

/// How bounds are meant, by its number.
pub(super) fn operator_of(number: u32) -> Operator {
    match number {
        1 => Operator::NotBetween,
        2 => Operator::Equal,
        3 => Operator::NotEqual,
        4 => Operator::GreaterThan,
        5 => Operator::LessThan,
        6 => Operator::GreaterOrEqual,
        7 => Operator::LessOrEqual,
        _ => Operator::Between,
    }
}

/// What happens on another value, by its number; nothing where the rule does not show it.
pub(super) fn alert_of(shown: bool, number: u32) -> Alert {
    match number {
        _ if !shown => Alert::None,
        1 => Alert::Warning,
        2 => Alert::Information,
        _ => Alert::Stop,
    }
}
