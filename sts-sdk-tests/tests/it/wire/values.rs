//! The values that a request is made of: limits, JSON text, secrets.

use proptest::prelude::*;
use serde_json::{Value, json};
use sts_sdk::{Bounded, JsonText, Secret};

type Lifetime = Bounded<i32, 1, 900>;

proptest! {
    #[test]
    fn an_integer_is_taken_if_it_is_within_the_limits(value in prop_oneof![any::<i64>(), -2..=902_i64]) {
        let within = (1..=900).contains(&value);
        let taken = Lifetime::try_from(value);
        prop_assert_eq!(taken.is_ok(), within);
        prop_assert_eq!(value.to_string().parse::<Lifetime>().is_ok(), within);
        prop_assert_eq!(serde_json::from_value::<Lifetime>(json!(value)).is_ok(), within);
        prop_assert_eq!(Lifetime::try_from(i128::from(value)).is_ok(), within);
        if let Ok(lifetime) = taken {
            prop_assert_eq!(i64::from(lifetime.get()), value);
            prop_assert_eq!(lifetime.to_string(), value.to_string());
            prop_assert_eq!(serde_json::to_value(lifetime).unwrap(), json!(value));
        }
    }
}

#[test]
fn what_is_out_of_range_is_named_with_the_limits() {
    for (text, expected) in [
        ("901", "901 is not within 1..=900"),
        ("-1", "-1 is not within 1..=900"),
        ("", "not an integer"),
        ("1.5", "not an integer"),
        (
            "99999999999999999999999999999999999999999",
            "not an integer",
        ),
    ] {
        assert_eq!(text.parse::<Lifetime>().unwrap_err().to_string(), expected);
    }
    let limits = "is not within 1..=900";
    for error in [
        Lifetime::try_from(u128::MAX).unwrap_err().to_string(),
        Lifetime::try_from(usize::MAX).unwrap_err().to_string(),
    ] {
        assert!(error.ends_with(limits), "{error}");
    }
    assert!(
        Bounded::<i32, 0, { i64::MAX }>::try_from(i64::MAX).is_err(),
        "beyond the type"
    );
}

#[test]
fn json_text_is_text_on_the_wire() {
    let value = JsonText::from(json!({"a": [1, "b&c"]}));
    let wire = serde_json::to_value(&value).unwrap();
    assert_eq!(wire, json!("{\"a\":[1,\"b&c\"]}"));
    let read: JsonText<Value> = serde_json::from_value(wire).unwrap();
    assert_eq!(read, value);
    assert_eq!(read["a"][0], 1);
    assert_eq!(read.into_inner(), json!({"a": [1, "b&c"]}));
    let object = serde_json::from_value::<JsonText<Value>>(json!({"a": 1})).unwrap_err();
    assert!(object.is_data(), "{object}");
    let cut = serde_json::from_value::<JsonText<Value>>(json!("{")).unwrap_err();
    assert!(cut.is_data(), "{cut}");
}

#[test]
fn a_secret_is_written_as_it_is() {
    let secret: Secret = serde_json::from_value(json!("t\u{0}é")).unwrap();
    assert_eq!(secret.expose_secret(), "t\u{0}é");
    assert_eq!(serde_json::to_value(&secret).unwrap(), json!("t\u{0}é"));
    let number = serde_json::from_value::<Secret>(json!(5)).unwrap_err();
    assert!(number.is_data(), "{number}");
}
