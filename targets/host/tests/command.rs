//! The command: a file is converted, looked into, and run on several samples one after the other.
#![allow(clippy::std_instead_of_core, clippy::unwrap_used, missing_docs, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/models").join(name)
}

/// What it says, if it succeeds or fails as expected.
fn tinysolve(arguments: &[&Path], succeeds: bool) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tinysolve")).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.success(), succeeds, "{arguments:?}: {said}");
    said
}

#[test]
fn convert_inspect_run() {
    let folder = std::env::temp_dir().join(format!("tinysolve-command-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let [container, output] = ["kws.ts", "kws.out.bin"].map(|name| folder.join(name));
    let path = Path::new;
    let model = data("kws_ref_model.tflite");
    let said = tinysolve(&[path("convert"), &model, path("-o"), &container, path("--rust"), path("--c")], true);
    assert!(said.contains("self-test passed on 2 random inputs"), "{said}");
    let read = |path: &Path| std::fs::read(path).unwrap();
    let text = |ending: &str| String::from_utf8(read(&container.with_extension(ending))).unwrap();
    assert!(text("rs").contains("pub const ARENA: usize = 17344;") && text("h").contains("#define KWS_ARENA 17344u"));
    let said = tinysolve(&[path("inspect"), &container], true);
    assert!(said.contains("arena") && said.contains("instructions (M4)"), "{said}");
    let input = data("golden/kws_ref_model.in.bin");
    tinysolve(&[path("run"), &container, path("--input"), &input, path("--output"), &output], true);
    let golden = read(&data("golden/kws_ref_model.out.bin"));
    assert!(golden.len() == 13 * 12 && read(&output) == golden, "13 samples");
    // Not a container; not a whole number of samples.
    let said = tinysolve(&[path("inspect"), &model], false);
    assert!(said.contains("not a model"), "{said}");
    let said = tinysolve(&[path("run"), &container, path("--input"), &container, path("--output"), &output], false);
    assert!(said.contains("no whole number of inputs of 490"), "{said}");
    std::fs::remove_dir_all(&folder).unwrap();
}
