//! JSON as nobody expects it, for tests of what is parsed.

use proptest::prelude::*;
use serde_json::{Map, Number, Value};

/// Values that are a name, a number, a time or a token at times, with objects that have `names` as properties.
pub(in crate::subject_token) fn json(
    names: &'static [&'static str],
) -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<u64>().prop_map(Number::from),
        any::<i64>().prop_map(Number::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).unwrap_or_else(|| 0.into())),
    ];
    let text = prop_oneof![
        ".{0,12}",
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        Just("ExecCredential".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.prop_map(Value::Number),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        let name = prop_oneof![4 => proptest::sample::select(names).prop_map(str::to_owned), 1 => ".{0,4}"];
        let properties = proptest::collection::vec((name, inner.clone()), 0..6);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            properties.prop_map(|all| Value::Object(all.into_iter().collect::<Map<_, _>>())),
        ]
    })
}
