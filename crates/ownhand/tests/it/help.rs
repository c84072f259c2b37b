//! What the program says about itself.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};
use ownhand::Cli;

/// The help of a command and of all below it.
fn describe(command: &mut Command, path: &str, out: &mut String) {
    let name = format!("{path}{}", command.get_name());
    let help = command.clone().term_width(100).render_long_help();
    writeln!(out, "## {name}\n\n{help}").unwrap();
    for sub in command.get_subcommands_mut() {
        if sub.get_name() != "help" {
            describe(sub, &format!("{name} "), out);
        }
    }
}

#[test]
fn every_command_explains_itself() {
    let mut out = String::new();
    let mut cli = Cli::command();
    cli.build();
    describe(&mut cli, "", &mut out);
    insta::assert_snapshot!(out);
}
