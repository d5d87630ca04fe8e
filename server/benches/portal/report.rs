//! The table: printed, and written between the markers of `docs/performance.md`.

use crate::{Outcome, world::root};
use std::{
    fmt::{Display, Write as _},
    io::{Write as _, stderr, stdout},
};

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// One figure.
pub(crate) struct Row {
    what: String,
    measured: String,
    aim: Option<(&'static str, bool)>,
    rival: &'static str,
}

impl Row {
    pub(crate) fn new(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { what: what.into(), measured: measured.into(), aim: None, rival: "" }
    }

    /// What it should be, and whether it is.
    pub(crate) fn aim(mut self, aim: &'static str, met: bool) -> Self {
        self.aim = Some((aim, met));
        self
    }

    /// The same of Backstage 1.55 on two such cores.
    pub(crate) fn rival(mut self, figure: &'static str) -> Self {
        self.rival = figure;
        self
    }
}

#[derive(Default)]
pub(crate) struct Report(Vec<Row>);

impl Report {
    pub(crate) fn add(&mut self, rows: Vec<Row>) {
        for row in &rows {
            tell(format_args!("{}: {}", row.what, row.measured));
        }
        self.0.extend(rows);
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "Measured on {}.\n\n| figure | measured | aim | | Backstage 1.55 |\n| --- | --- | --- | --- | --- |\n",
            machine()
        );
        for row in &self.0 {
            let (aim, met) = row.aim.map_or(("", ""), |(aim, met)| (aim, if met { "met" } else { "missed" }));
            // Writing into a String cannot fail.
            let _ = writeln!(text, "| {} | {} | {aim} | {met} | {} |", row.what, row.measured, row.rival);
        }
        text
    }

    pub(crate) fn print(&self) -> Outcome<()> {
        Ok(stdout().write_all(self.markdown().as_bytes())?)
    }

    /// Puts the table into the page, in place of the one before.
    pub(crate) fn write(&self) -> Outcome<()> {
        let path = root().join("docs/performance.md");
        let page = std::fs::read_to_string(&path)?;
        let parts = page.split_once(BEGIN).and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
        let Some((head, tail)) = parts else {
            return Err(format!(
                "docs/performance.md has lost its markers {BEGIN} and {END}; put them back around the table"
            )
            .into());
        };
        Ok(std::fs::write(&path, format!("{head}{BEGIN}\n{}\n{END}{tail}", self.markdown().trim_end()))?)
    }
}

/// Cores, processor, memory, system. No name and no date: the figures are to be compared, not attributed.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    let first = |file: &str, key: &str| {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find(|l| l.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let mut text = format!("{cores} cores");
    if let Some(model) = first("/proc/cpuinfo", "model name") {
        text += &format!(" ({model})");
    }
    if let Some(kib) =
        first("/proc/meminfo", "MemTotal").and_then(|m| m.trim_end_matches("kB").trim().parse::<f64>().ok())
    {
        text += &format!(", {:.0} GB of memory", kib * 1_024.0 / 1e9);
    }
    format!("{text}, {}", std::env::consts::OS)
}

/// For people; what programs read is on stdout.
pub(crate) fn tell(text: impl Display) {
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(stderr(), "{text}");
}
