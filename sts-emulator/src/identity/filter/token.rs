use serde_json::Value;

/// A piece of a filter, and the character that it begins at, counted from one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Name(String),
    Value(Value),
    Symbol(&'static str),
    End,
}

/// Longer ones come before those that they begin with.
const SYMBOLS: [&str; 16] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ".", ",", "-",
];

/// The pieces of `text`; the last is its end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut next = 0;
    while let Some(&character) = characters.get(next) {
        let at = next + 1;
        if character.is_whitespace() {
            next += 1;
            continue;
        }
        let kind = if character == 'r' && matches!(characters.get(next + 1), Some('"' | '\'')) {
            next += 1;
            string(&characters, &mut next, true)?
        } else if matches!(character, '"' | '\'') {
            string(&characters, &mut next, false)?
        } else if character.is_ascii_digit() {
            let part = |c: &char| c.is_ascii_alphanumeric() || *c == '.';
            number(&taken(&characters, &mut next, part))
                .ok_or(format!("at character {at}: the number cannot be read"))?
        } else if character.is_alphabetic() || character == '_' {
            let name = taken(&characters, &mut next, |c| c.is_alphanumeric() || *c == '_');
            match name.as_str() {
                "true" => Kind::Value(Value::Bool(true)),
                "false" => Kind::Value(Value::Bool(false)),
                "null" => Kind::Value(Value::Null),
                _ => Kind::Name(name),
            }
        } else {
            let symbol = SYMBOLS.into_iter().find(|symbol| {
                symbol
                    .chars()
                    .eq(characters[next..].iter().copied().take(symbol.len()))
            });
            let Some(symbol) = symbol else {
                let hint = match character {
                    '=' => "; equality is ==",
                    '&' => "; and is &&",
                    '|' => "; or is ||",
                    _ => "",
                };
                return Err(format!(
                    "at character {at}: {character} is not known here{hint}"
                ));
            };
            next += symbol.len();
            Kind::Symbol(symbol)
        };
        tokens.push(Token { at, kind });
    }
    let at = characters.len() + 1;
    tokens.push(Token {
        at,
        kind: Kind::End,
    });
    Ok(tokens)
}

/// What stands between the `&&` of `text` that are in no brackets.
pub(super) fn conditions(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let (mut found, mut begin, mut depth) = (Vec::new(), 0, 0);
    let mut end = |begin: usize, end: usize| {
        let condition: String = characters[begin..end].iter().collect();
        found.push(condition.trim().to_owned());
    };
    for token in tokens(text).unwrap_or_default() {
        match token.kind {
            Kind::Symbol("(" | "[") => depth += 1,
            Kind::Symbol(")" | "]") => depth -= 1,
            Kind::Symbol("&&") if depth == 0 => {
                end(begin, token.at - 1);
                begin = token.at + 1;
            }
            _ => {}
        }
    }
    end(begin, characters.len());
    found
}

fn taken(characters: &[char], next: &mut usize, part: impl Fn(&char) -> bool) -> String {
    let taken: String = characters[*next..]
        .iter()
        .take_while(|character| part(character))
        .collect();
    *next += taken.chars().count();
    taken
}

fn number(text: &str) -> Option<Kind> {
    let whole = text.parse::<i64>().map(Value::from).ok();
    let number = whole.or_else(|| {
        // What CEL has beyond digits and a point: exponents, hexadecimal, unsigned.
        let plain = text.contains('.')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number = text.parse::<f64>().ok().filter(|_| plain)?;
        serde_json::Number::from_f64(number).map(Value::Number)
    });
    number.map(Kind::Value)
}

fn string(characters: &[char], next: &mut usize, raw: bool) -> Result<Kind, String> {
    let begin = *next;
    let quote = characters[begin];
    let mut text = String::new();
    let mut at = begin + 1;
    while let Some(&character) = characters.get(at) {
        at += 1;
        if character == quote {
            *next = at;
            return Ok(Kind::Value(Value::String(text)));
        }
        if character != '\\' || raw {
            text.push(character);
            continue;
        }
        let Some(&escaped) = characters.get(at) else {
            break;
        };
        text.push(match escaped {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' | '"' | '\'' | '`' | '?' => escaped,
            other => {
                return Err(format!(
                    "at character {at}: the escape \\{other} is not known"
                ));
            }
        });
        at += 1;
    }
    Err(format!("at character {}: the text does not end", begin + 1))
}
