//! What a function was not granted does not compile.

#[test]
fn ungranted_code_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
