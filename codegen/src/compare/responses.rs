//! What differs between the responses of an operation.

use super::change::Class;
use super::content;
use super::contract::{Contract, Pair, Travel};
use crate::diagnostic::Diagnostic;

pub(super) fn compare(contract: &mut Contract, responses: &Pair) -> Result<(), Diagnostic> {
    for status in contract.keys(responses) {
        let at = responses.join(status);
        // Every error has one type, whatever its status.
        let class = if is_success(status) {
            Class::Breaking
        } else {
            Class::NoEffect
        };
        match contract.values(&at) {
            _ if status.starts_with("x-") => {}
            (Some(_), None) => {
                contract.removed(class, &at.old, format!("the response {status} is removed"));
            }
            (None, Some(_)) => {
                contract.added(class, &at.new, format!("the response {status} is added"));
            }
            _ => {
                let at = contract.resolved(&at)?;
                compare_response(contract, &at, class)?;
            }
        }
    }
    Ok(())
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

fn compare_response(
    contract: &mut Contract,
    response: &Pair,
    lost: Class,
) -> Result<(), Diagnostic> {
    for key in contract.keys(response) {
        let at = response.join(key);
        match key.as_str() {
            "content" => {
                let travel = Travel {
                    sent: false,
                    received: true,
                };
                content::compare(contract, &at, travel, lost);
            }
            "headers" => compare_headers(contract, &at)?,
            "links" => contract.keyword(Class::NoEffect, &at),
            _ => contract.keyword(Class::Description, &at),
        }
    }
    Ok(())
}

/// The SDK reads every header of a response by its name, and takes none for granted.
fn compare_headers(contract: &mut Contract, headers: &Pair) -> Result<(), Diagnostic> {
    for name in contract.keys(headers) {
        let at = headers.join(name);
        match contract.values(&at) {
            (Some(_), None) => {
                let words = format!("the header {name} is removed; the SDK takes none for granted");
                contract.removed(Class::Compatible, &at.old, words);
            }
            (None, Some(_)) => {
                contract.added(
                    Class::Compatible,
                    &at.new,
                    format!("the header {name} is added"),
                );
            }
            _ => {
                let at = contract.resolved(&at)?;
                compare_header(contract, &at);
            }
        }
    }
    Ok(())
}

fn compare_header(contract: &mut Contract, header: &Pair) {
    for key in contract.keys(header) {
        let at = header.join(key);
        let class = match key.as_str() {
            "description" | "example" | "examples" => Class::Description,
            "required" | "deprecated" => Class::NoEffect,
            key if key.starts_with("x-") => Class::Description,
            _ => Class::Compatible,
        };
        contract.keyword(class, &at);
    }
}
