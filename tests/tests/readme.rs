//! The C example of the README is the one that the C tests compile and run.

#[test]
fn the_c_example_is_the_tested_one() {
    let readme = include_str!("../../README.md");
    let program = include_str!("../c/readme.c");
    let between = |text: &str, from: &str, to: &str| {
        let start = text.find(from).expect("start mark") + from.len();
        let end = text[start..].find(to).expect("end mark");
        text[start..start + end].to_owned()
    };
    assert_eq!(between(readme, "```c\n", "```"), between(program, "/* README */\n", "/* end */"));
}
