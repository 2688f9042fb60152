//! Running other programs, with errors that say which one and how.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{IsTerminal, Read};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;
use wait_timeout::ChildExt;

/// The command as one would type it, its own environment included.
pub(crate) fn line(command: &Command) -> String {
    let quote = |word: &OsStr| {
        let word = word.to_string_lossy().replace('\u{1f}', " ");
        if word.is_empty() || word.contains([' ', '"', '$', '*']) { format!("'{word}'") } else { word }
    };
    let variables =
        command.get_envs().filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quote(value?))));
    let words = core::iter::once(command.get_program()).chain(command.get_args()).map(quote);
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn announce(command: &Command) {
    let (dim, plain) = if std::io::stderr().is_terminal() { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    eprintln!("{dim}+ {}{plain}", line(command));
}

fn missing(command: &Command) -> String {
    format!("cannot start `{}`; `cargo xtask setup` installs what is missing", command.get_program().to_string_lossy())
}

/// Runs with the terminal's output; an exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = command.status().with_context(|| missing(command))?;
    if !status.success() {
        bail!("`{}` failed: {status}", line(command));
    }
    Ok(())
}

/// Runs and takes the standard output; an exit code other than 0 is an error that carries what was said.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| missing(command))?;
    if !output.status.success() {
        bail!(
            "`{}` failed: {}\n{}{}",
            line(command),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the program starts and is content; says nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

/// Runs for a limited time. What was printed is returned with the status; a program over its time is ended.
pub(crate) fn read_within(command: &mut Command, limit: Duration) -> Result<Output> {
    within(command.stderr(Stdio::piped()), limit)
}

/// The same for a program that works for minutes: what it says on its standard error is seen at once.
pub(crate) fn watch_within(command: &mut Command, limit: Duration) -> Result<Output> {
    within(command.stderr(Stdio::inherit()), limit)
}

fn within(command: &mut Command, limit: Duration) -> Result<Output> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| missing(command))?;
    let drain = |pipe: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.map(|mut pipe| pipe.read_to_end(&mut bytes)).transpose().map(|_| bytes)
        })
    };
    let stdout = drain(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let stderr = drain(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let status = child.wait_timeout(limit)?;
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    let take = |reader: thread::JoinHandle<std::io::Result<Vec<u8>>>| {
        reader
            .join()
            .map_err(|_| anyhow::anyhow!("reading from `{}` failed", line(command)))?
            .map_err(anyhow::Error::from)
    };
    let (stdout, stderr) = (take(stdout)?, take(stderr)?);
    let Some(status) = status else {
        bail!(
            "`{}` ran longer than {} s and was ended; it said:\n{}{}",
            line(command),
            limit.as_secs(),
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        );
    };
    Ok(Output { status, stdout, stderr })
}
