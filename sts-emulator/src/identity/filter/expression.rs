use serde_json::Value;

#[derive(Clone, Debug)]
pub(super) enum Expression {
    Value(Value),
    List(Vec<Self>),
    /// All claims.
    Claims,
    /// A member of an object, by name.
    Member(Box<Self>, String),
    /// A member of an object or an item of a list.
    Index(Box<Self>, Box<Self>),
    Has(Box<Self>, String),
    Not(Box<Self>),
    /// All of them.
    And(Vec<Self>),
    /// Any of them.
    Or(Vec<Self>),
    Compare(Box<Self>, &'static str, Box<Self>),
    In(Box<Self>, Box<Self>),
    /// A function of text, with its name.
    Text(Box<Self>, &'static str, Box<Self>),
    Size(Box<Self>),
}
