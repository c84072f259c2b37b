//! The commands: what is asked about one tenant says and changes nothing of another.

use std::process::Command;

use xtask::world::people::JANE;

use crate::{
    scene::{Scene, me},
    support::{programs, said},
    table::Table,
};

/// The commands that ask for a tenant; all others have nothing of anybody's to give.
const OF_A_TENANT: [&str; 2] = ["links list", "links revoke"];
/// All others.
const OF_NOBODY: [&str; 5] = [
    "config check",
    "config schema",
    "keys generate",
    "plugin check",
    "serve",
];

#[tokio::test]
async fn no_command_gives_or_takes_what_is_another_tenants() {
    Scene::play(async |scene| {
        let mut table = Table::new("the tenant matrix: commands");
        let commands = commands(&[]);
        let mut known: Vec<_> = OF_A_TENANT.iter().chain(&OF_NOBODY).copied().collect();
        known.sort_unstable();
        table.row(
            "the commands",
            format!("{known:?}"),
            format!("{commands:?}"),
        );

        scene.user(&JANE).await.link().await;
        let link = me(scene.host(), &JANE).await["link"]["id"].clone();
        let link = link.as_str().unwrap();
        let operator = scene.installation.configuration();
        let operator = operator.to_str().unwrap();
        let run = |words: &[&str]| {
            let command = Command::new(programs().ownhand)
                .args(words)
                .env_clear()
                .output();
            let (code, out, err) = said(&command.unwrap());
            let traces = [link, JANE.docusign_user, JANE.account, JANE.email];
            let traces: Vec<_> = traces
                .into_iter()
                .filter(|trace| out.contains(trace) || (err.contains(trace) && *trace != link))
                .collect();
            format!("exit {code}, lets out {traces:?}")
        };
        let nothing = |code: u8| format!("exit {code}, lets out []");
        let list = |tenant| run(&["links", "list", "--config", operator, "--tenant", tenant]);
        table.row("links list, of another tenant", nothing(0), list("globex"));
        table.row("links list, of no tenant", nothing(1), list("nobody"));
        table.row("links list, of a path", nothing(1), list("../acme"));
        let list_without = run(&[
            "links",
            "list",
            "--config",
            "/nowhere/ownhand.toml",
            "--tenant",
            "acme",
        ]);
        table.row(
            "links list, without the operator's file",
            nothing(1),
            list_without,
        );
        let revoke = |tenant| {
            run(&[
                "links", "revoke", "--config", operator, "--tenant", tenant, link,
            ])
        };
        table.row(
            "links revoke, as of another tenant",
            nothing(1),
            revoke("globex"),
        );
        table.row(
            "links revoke, as of no tenant",
            nothing(1),
            revoke("nobody"),
        );
        for words in [
            ["config", "check", "--config", operator],
            ["config", "schema", "operator", ""],
        ] {
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            table.row(words[..2].join(" "), nothing(0), run(&words));
        }
        table.row("keys generate", nothing(0), run(&["keys", "generate"]));
        table.row(
            "plugin check, of the operator's file",
            nothing(1),
            run(&["plugin", "check", operator]),
        );
        table.row(
            "serve, without the operator's file",
            nothing(1),
            run(&["serve", "--config", "/nowhere/ownhand.toml"]),
        );
        table.row(
            "Jane's link afterwards",
            "jane as jane",
            scene.links().await,
        );
        let own = list("acme");
        table.row(
            "links list, of its own tenant",
            "names her: true",
            format!("names her: {}", own.contains(link)),
        );
        table.row(
            "links revoke, of its own tenant",
            "exit 0",
            revoke("acme").split_once(',').unwrap().0,
        );
        table.row("Jane's link after that", "nobody", scene.links().await);
        table.judge();
    })
    .await;
}

/// All commands that the program names, in full, sorted.
fn commands(before: &[String]) -> Vec<String> {
    let help = Command::new(programs().ownhand)
        .args(before)
        .arg("--help")
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    let Some((_, list)) = text.split_once("Commands:\n") else {
        return vec![before.join(" ")];
    };
    let names = list
        .lines()
        .take_while(|line| line.starts_with("  "))
        // A line that only goes on with a description begins further in.
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty());
    let mut all: Vec<_> = names
        .filter(|name| *name != "help")
        .flat_map(|name| {
            let mut words = before.to_vec();
            words.push(name.to_owned());
            commands(&words)
        })
        .collect();
    all.sort();
    all
}
