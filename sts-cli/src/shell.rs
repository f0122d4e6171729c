//! Variables as files and shells have them.

/// Lines NAME=VALUE.
pub(crate) fn assignments(variables: &[(&str, String)]) -> String {
    let lines = variables
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"));
    lines.collect()
}

/// Commands that set variables in a POSIX shell.
pub(crate) fn exports(variables: &[(&str, String)]) -> String {
    // Within these quotes no other character means anything.
    let quoted = |value: &str| value.replace('\'', r"'\''");
    let lines = variables
        .iter()
        .map(|(name, value)| format!("export {name}='{}'\n", quoted(value)));
    lines.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quote_stays_a_quote() {
        let variables = [("A", "b'c $d".to_owned()), ("E", "f".to_owned())];
        assert_eq!(
            super::exports(&variables),
            "export A='b'\\''c $d'\nexport E='f'\n"
        );
        assert_eq!(super::assignments(&variables), "A=b'c $d\nE=f\n");
    }
}
