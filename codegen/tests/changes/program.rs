//! Programs, a module each. The argument says which one runs.

/// What the generated clients carry.
#[derive(Clone, Debug)]
pub struct Transport;

fn main() {
    let name = std::env::args().nth(1).unwrap();
    MODULES.iter().find(|(module, _)| *module == name).unwrap().1();
}

