//! Names that a generated client has anyway, which nothing in a document may have.

/// What an operation cannot be called: the methods that the generator itself gives a client, those of the hooks
/// that generated code calls on it, and `clone`, which callers would no longer reach.
pub(super) const METHODS: [&str; 10] = [
    "api_version",
    "baseurl",
    "client",
    "clone",
    "exec",
    "inner",
    "new",
    "new_with_client",
    "post",
    "pre",
];
/// What an operation's type cannot be called: what the generated module of builders uses by a bare name.
pub(super) const BUILDERS: [&str; 11] = [
    "ByteStream",
    "ClientHooks",
    "ClientInfo",
    "Error",
    "From",
    "OperationInfo",
    "Option",
    "RequestBuilderExt",
    "ResponseValue",
    "Result",
    "String",
];
/// What a schema cannot be called: what the generated types use by a bare name.
pub(super) const TYPES: [&str; 1] = ["Default"];
/// What a parameter cannot be called: a variable and a function of the generated methods, and other methods of
/// the builder.
pub(super) const VARIABLES: [&str; 4] = ["encode_path", "header_map", "new", "send"];
