//! Reading JSON whose size a server decides: what is kept of it is bounded, all else is passed over.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Most entries that are kept of a list.
pub(super) const MOST_ENTRIES: usize = 16;
/// Most values that are kept altogether.
const MOST_VALUES: usize = 4096;

/// JSON as far as it is kept.
pub(super) struct Read {
    pub(super) value: Value,
    /// Whether nothing was left out.
    pub(super) is_whole: bool,
    /// The lists of which entries were left out: where each is, and how many entries it had.
    cut: Vec<(Vec<String>, usize)>,
}

impl Read {
    /// # Errors
    ///
    /// `text` is not JSON.
    pub(super) fn from_str(text: &str) -> serde_json::Result<Self> {
        let reader = Reader::default();
        let mut json = serde_json::Deserializer::from_str(text);
        let value = reader.seed(Path::ROOT).deserialize(&mut json)?;
        json.end()?;
        Ok(Self {
            value,
            is_whole: !reader.left_out.get(),
            cut: reader.cut.into_inner(),
        })
    }

    /// How many entries the list at `path` had, if entries were left out.
    pub(super) fn length_before_cut(&self, path: &[&str]) -> Option<usize> {
        let at = |other: &[String]| other.iter().map(String::as_str).eq(path.iter().copied());
        let (_, length) = self.cut.iter().find(|(other, _)| at(other))?;
        Some(*length)
    }
}

#[derive(Default)]
struct Reader {
    values: Cell<usize>,
    left_out: Cell<bool>,
    cut: RefCell<Vec<(Vec<String>, usize)>>,
}

impl Reader {
    fn seed<'a>(&'a self, path: Path<'a>) -> Seed<'a> {
        Seed { reader: self, path }
    }

    fn has_room(&self) -> bool {
        self.values.get() < MOST_VALUES
    }

    /// Notes how many entries the list at `path` has, and how many of them are kept.
    fn list_ended(&self, path: Path<'_>, kept: usize, length: usize) {
        let path = path.to_vec();
        let mut cut = self.cut.borrow_mut();
        // The last of several properties of the same name counts.
        cut.retain(|(other, _)| *other != path);
        if kept < length {
            self.left_out.set(true);
            cut.push((path, length));
        }
    }
}

/// Where a value is: the names of the properties that lead to it, empty for an entry of a list.
#[derive(Clone, Copy)]
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    name: &'a str,
}

impl Path<'_> {
    const ROOT: Self = Path {
        parent: None,
        name: "",
    };

    fn to_vec(self) -> Vec<String> {
        let mut names: Vec<String> = std::iter::successors(Some(&self), |path| path.parent)
            .filter(|path| path.parent.is_some())
            .map(|path| path.name.to_owned())
            .collect();
        names.reverse();
        names
    }
}

/// Reads the value at a place.
struct Seed<'a> {
    reader: &'a Reader,
    path: Path<'a>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        self.reader.values.set(self.reader.values.get() + 1);
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < MOST_ENTRIES && self.reader.has_room() {
            let path = Path {
                parent: Some(&self.path),
                name: "",
            };
            let Some(entry) = list.next_element_seed(self.reader.seed(path))? else {
                break;
            };
            entries.push(entry);
        }
        let mut length = entries.len();
        while list.next_element::<IgnoredAny>()?.is_some() {
            length += 1;
        }
        self.reader.list_ended(self.path, entries.len(), length);
        Ok(Value::Array(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut properties = Map::new();
        while self.reader.has_room() {
            let Some(name) = object.next_key::<String>()? else {
                return Ok(number(&properties).unwrap_or(Value::Object(properties)));
            };
            let path = Path {
                parent: Some(&self.path),
                name: &name,
            };
            let value = object.next_value_seed(self.reader.seed(path))?;
            properties.insert(name, value);
        }
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            self.reader.left_out.set(true);
        }
        Ok(Value::Object(properties))
    }
}

/// The number that `object` stands for in programs that turn on the feature `arbitrary_precision` of `serde_json`.
fn number(object: &Map<String, Value>) -> Option<Value> {
    let (name, value) = object.iter().next().filter(|_| object.len() == 1)?;
    if name != "$serde_json::private::Number" {
        return None;
    }
    value.as_str()?.parse::<Number>().ok().map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_is_read_as_it_is() {
        let text = r#"{"a":[1,-2,1.5,true,null,"x",{"b":[]}],"a":[18446744073709551615]}"#;
        let read = Read::from_str(text).unwrap();
        assert_eq!(read.value, json!({"a": [u64::MAX]}));
        assert!(read.is_whole);
        assert!(Read::from_str("{} {}").is_err() && Read::from_str("[1,").is_err());
    }

    #[test]
    fn lists_are_cut_and_counted_where_they_are() {
        let hundred = vec![json!({"list": vec![1; 20]}); 100];
        let text = json!({"errors": hundred, "short": [1], "error": {"details": vec![0; 17]}});
        let read = Read::from_str(&text.to_string()).unwrap();
        assert_eq!(read.value["errors"].as_array().unwrap().len(), MOST_ENTRIES);
        assert_eq!(read.length_before_cut(&["errors"]), Some(100));
        assert_eq!(read.length_before_cut(&["error", "details"]), Some(17));
        assert_eq!(read.length_before_cut(&["short"]), None);
        assert!(!read.is_whole);
    }

    #[test]
    fn the_last_of_two_lists_counts() {
        let long = json!(vec![0; 20]);
        let read = Read::from_str(&format!(r#"{{"errors":{long},"errors":[1]}}"#)).unwrap();
        assert_eq!(read.length_before_cut(&["errors"]), None);
    }

    #[test]
    fn no_shape_makes_more_than_so_many_values() {
        fn values(value: &Value) -> usize {
            1 + match value {
                Value::Array(list) => list.iter().map(values).sum(),
                Value::Object(object) => object.values().map(values).sum::<usize>(),
                _ => 0,
            }
        }
        let wide: Map<String, Value> = (0..10_000).map(|n| (n.to_string(), json!(n))).collect();
        let mut tree = json!(1);
        for _ in 0..5 {
            tree = Value::Array(vec![tree; 10]);
        }
        for large in [Value::Object(wide), tree] {
            let read = Read::from_str(&large.to_string()).unwrap();
            assert!(!read.is_whole);
            assert!(values(&read.value) <= MOST_VALUES + 1);
        }
    }

    #[test]
    fn a_number_of_any_precision_is_a_number() {
        let text = r#"{"error_code":{"$serde_json::private::Number":"40101"}}"#;
        let read = Read::from_str(text).unwrap();
        assert_eq!(read.value, json!({"error_code": 40101}));
    }
}
