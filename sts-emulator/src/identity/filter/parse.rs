use serde_json::Value;

use super::expression::Expression;
use super::token::{Kind, Token};

/// Deeper than any filter that people write.
const DEEPEST: usize = 64;

const COMPARISONS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];

const TEXT_FUNCTIONS: [&str; 3] = ["startsWith", "endsWith", "contains"];

/// The expression that the pieces make, of which the last is the end.
pub(super) fn parse(tokens: &[Token]) -> Result<Expression, String> {
    let mut parser = Parser {
        tokens,
        next: 0,
        depth: 0,
    };
    let expression = parser.any()?;
    if parser.kind() == &Kind::End {
        Ok(expression)
    } else {
        Err(parser.fail("something follows the expression"))
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn kind(&self) -> &Kind {
        self.tokens
            .get(self.next)
            .map_or(&Kind::End, |token| &token.kind)
    }

    fn fail(&self, text: &str) -> String {
        let token = self.tokens.get(self.next).or(self.tokens.last());
        format!("at character {}: {text}", token.map_or(1, |token| token.at))
    }

    fn take(&mut self, symbol: &'static str) -> bool {
        let found = self.kind() == &Kind::Symbol(symbol);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &'static str) -> Result<(), String> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(self.fail(&format!("{symbol} is missing")))
    }

    fn deeper(&mut self) -> Result<(), String> {
        if self.depth == DEEPEST {
            return Err(self.fail("it is nested too deep"));
        }
        self.depth += 1;
        Ok(())
    }

    fn any(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.all()?];
        while self.take("||") {
            parts.push(self.all()?);
        }
        Ok(single(parts).unwrap_or_else(Expression::Or))
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.relation()?];
        while self.take("&&") {
            parts.push(self.relation()?);
        }
        Ok(single(parts).unwrap_or_else(Expression::And))
    }

    fn relation(&mut self) -> Result<Expression, String> {
        let left = self.unary()?;
        for symbol in COMPARISONS {
            if self.take(symbol) {
                let right = self.unary()?;
                return Ok(Expression::Compare(Box::new(left), symbol, Box::new(right)));
            }
        }
        if self.kind() == &Kind::Name("in".to_owned()) {
            self.next += 1;
            let right = self.unary()?;
            return Ok(Expression::In(Box::new(left), Box::new(right)));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, String> {
        if self.kind() == &Kind::Symbol("!") {
            self.deeper()?;
            self.next += 1;
            let inner = self.unary()?;
            self.depth -= 1;
            return Ok(Expression::Not(Box::new(inner)));
        }
        if self.take("-") {
            let negative = match self.kind() {
                Kind::Value(Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
                    (Some(whole), _) => Some(Value::from(-whole)),
                    (None, Some(number)) => Some(Value::from(-number)),
                    _ => None,
                },
                _ => None,
            };
            let negative = negative.ok_or_else(|| self.fail("a number is missing"))?;
            self.next += 1;
            return Ok(Expression::Value(negative));
        }
        let mut expression = self.primary()?;
        // Each step nests the expression, which is evaluated and dropped level by level.
        let mut steps = 0;
        loop {
            if steps == DEEPEST {
                return Err(self.fail("it is nested too deep"));
            }
            steps += 1;
            if self.take(".") {
                expression = self.member(expression)?;
            } else if self.take("[") {
                let index = self.nested()?;
                self.expect("]")?;
                expression = Expression::Index(Box::new(expression), Box::new(index));
            } else {
                return Ok(expression);
            }
        }
    }

    /// What stands between brackets.
    fn nested(&mut self) -> Result<Expression, String> {
        self.deeper()?;
        let inner = self.any()?;
        self.depth -= 1;
        Ok(inner)
    }

    fn member(&mut self, of: Expression) -> Result<Expression, String> {
        let Kind::Name(name) = self.kind().clone() else {
            return Err(self.fail("a name is missing"));
        };
        let of = Box::new(of);
        let call =
            self.tokens.get(self.next + 1).map(|token| &token.kind) == Some(&Kind::Symbol("("));
        if !call {
            self.next += 1;
            return Ok(Expression::Member(of, name));
        }
        if name == "size" {
            self.next += 2;
            self.expect(")")?;
            return Ok(Expression::Size(of));
        }
        let Some(function) = TEXT_FUNCTIONS
            .into_iter()
            .find(|function| *function == name)
        else {
            return Err(self.fail(&format!("the function {name} is not known")));
        };
        self.next += 2;
        let argument = self.nested()?;
        self.expect(")")?;
        Ok(Expression::Text(of, function, Box::new(argument)))
    }

    fn primary(&mut self) -> Result<Expression, String> {
        let begin = self.next;
        match self.kind().clone() {
            Kind::Value(value) => {
                self.next += 1;
                Ok(Expression::Value(value))
            }
            Kind::Symbol("(") => {
                self.deeper()?;
                self.next += 1;
                let inner = self.any()?;
                self.depth -= 1;
                self.expect(")")?;
                Ok(inner)
            }
            Kind::Symbol("[") => {
                self.next += 1;
                let mut items = Vec::new();
                while !self.take("]") {
                    if !items.is_empty() {
                        self.take(",");
                    }
                    if self.kind() == &Kind::End {
                        return Err(self.fail("] is missing"));
                    }
                    items.push(self.nested()?);
                }
                Ok(Expression::List(items))
            }
            Kind::Name(name) if name == "claims" => {
                self.next += 1;
                Ok(Expression::Claims)
            }
            Kind::Name(name) if name == "has" || name == "size" => {
                self.next += 1;
                self.expect("(")?;
                let argument = self.nested()?;
                self.expect(")")?;
                match argument {
                    argument if name == "size" => Ok(Expression::Size(Box::new(argument))),
                    Expression::Member(of, member) => Ok(Expression::Has(of, member)),
                    _ => {
                        self.next = begin;
                        Err(self.fail("has takes a claim"))
                    }
                }
            }
            Kind::Name(name) if name != "in" => {
                Err(self.fail(&format!("{name} is not known; claims are claims.NAME")))
            }
            _ => Err(self.fail("a value is missing")),
        }
    }
}

/// The only one, or all of them.
fn single(mut parts: Vec<Expression>) -> Result<Expression, Vec<Expression>> {
    match parts.pop() {
        Some(only) if parts.is_empty() => Ok(only),
        Some(last) => {
            parts.push(last);
            Err(parts)
        }
        None => Err(parts),
    }
}
