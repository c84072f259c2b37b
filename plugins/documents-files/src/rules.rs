//! Who may read and write what.

use ownhand_plugin_sdk::{AdapterError, HostUser};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::place::{Place, parts};

/// One rule of the tenant's file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The folder or document that the rule is about; empty for everything.
    #[serde(default)]
    pub path: String,
    /// The host app's groups that the rule is for.
    #[serde(default)]
    pub groups: Option<Vec<String>>,
    /// The subjects that the rule is for. With neither groups nor users it is for everybody.
    #[serde(default)]
    pub users: Option<Vec<String>>,
    /// They may read.
    #[serde(default)]
    pub read: bool,
    /// They may deposit.
    #[serde(default)]
    pub write: bool,
}

/// What a user may do with a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

/// All rules of a tenant, those with the longest path first.
#[derive(Debug)]
pub(crate) struct Rules(Vec<(Vec<String>, Rule)>);

impl Rules {
    /// Checks the rules.
    ///
    /// # Errors
    /// When a path is none, or a list of people is empty.
    pub(crate) fn new(rules: Vec<Rule>) -> Result<Self, AdapterError> {
        let mut checked = Vec::with_capacity(rules.len());
        for (index, rule) in rules.into_iter().enumerate() {
            let wrong = |field: &str, message: String| {
                AdapterError::configuration(format!("rules[{index}].{field}"), message)
            };
            let path = if rule.path.is_empty() {
                Vec::new()
            } else {
                parts(&rule.path).map_err(|why| wrong("path", format!("not a path: {why}")))?
            };
            for (field, people) in [("groups", &rule.groups), ("users", &rule.users)] {
                // Read as "everybody" an emptied list would open what somebody meant to close.
                if people.as_ref().is_some_and(Vec::is_empty) {
                    return Err(wrong(
                        field,
                        "names nobody; leave it out if you mean everybody".into(),
                    ));
                }
            }
            checked.push((path, rule));
        }
        checked.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        Ok(Self(checked))
    }

    /// What a user may do with a document.
    pub(crate) fn rights(&self, user: &HostUser, place: &Place) -> Rights {
        if self.0.is_empty() {
            return Rights {
                read: true,
                write: true,
            };
        }
        let mut about = self
            .0
            .iter()
            .filter(|(path, _)| holds(path, place))
            .peekable();
        let Some(depth) = about.peek().map(|(path, _)| path.len()) else {
            return Rights::default();
        };
        about
            .take_while(|(path, _)| path.len() == depth)
            .find(|(_, rule)| rule.names(user))
            .map_or_else(Rights::default, |(_, rule)| Rights {
                read: rule.read,
                write: rule.write,
            })
    }
}

impl Rule {
    fn names(&self, user: &HostUser) -> bool {
        match (&self.groups, &self.users) {
            (None, None) => true,
            (groups, users) => {
                let in_group = |g: &Vec<String>| g.iter().any(|group| user.groups.contains(group));
                groups.as_ref().is_some_and(in_group)
                    || users.as_ref().is_some_and(|u| u.contains(&user.subject))
            }
        }
    }
}

/// Whether the document lies at or below the path.
fn holds(path: &[String], place: &Place) -> bool {
    let mut parts = place.parts();
    path.iter().all(|part| parts.next() == Some(part.as_str()))
}

#[cfg(test)]
mod tests {
    use ownhand_plugin_sdk::DocumentReference;

    use super::*;

    fn user(subject: &str, groups: &[&str]) -> HostUser {
        HostUser {
            issuer: "https://dms.example".into(),
            subject: subject.into(),
            login: None,
            email: None,
            email_verified: false,
            name: None,
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            claims: std::collections::BTreeMap::new(),
        }
    }

    fn rule(path: &str, groups: &[&str], users: &[&str], read: bool, write: bool) -> Rule {
        let list = |names: &[&str]| {
            (!names.is_empty()).then(|| names.iter().map(|n| (*n).to_owned()).collect())
        };
        Rule {
            path: path.into(),
            groups: list(groups),
            users: list(users),
            read,
            write,
        }
    }

    fn rights(rules: &Rules, user: &HostUser, reference: &str) -> (bool, bool) {
        let place = Place::parse(&DocumentReference(reference.into())).unwrap();
        let Rights { read, write } = rules.rights(user, &place);
        (read, write)
    }

    #[test]
    fn the_longest_path_decides_and_closes_what_it_names() {
        let rules = Rules::new(vec![
            rule("", &[], &[], true, false),
            rule("contracts", &["legal"], &[], true, true),
            rule("contracts", &["sales"], &["u-9"], true, false),
            rule("contracts/board", &[], &["u-1"], true, true),
        ])
        .unwrap();
        let legal = user("u-2", &["legal", "sales"]);
        let board = user("u-1", &[]);
        assert_eq!(rights(&rules, &legal, "readme.txt"), (true, false));
        assert_eq!(rights(&rules, &legal, "contracts/a.pdf"), (true, true));
        assert_eq!(
            rights(&rules, &legal, "contracts/board/a.pdf"),
            (false, false)
        );
        assert_eq!(
            rights(&rules, &board, "contracts/board/a.pdf"),
            (true, true)
        );
        assert_eq!(rights(&rules, &board, "contracts/a.pdf"), (false, false));
        assert_eq!(
            rights(&rules, &user("u-9", &[]), "contracts/a.pdf"),
            (true, false)
        );
        assert_eq!(rights(&rules, &legal, "contracts-old/a.pdf"), (true, false));
    }

    #[test]
    fn without_rules_everything_is_open_and_beside_rules_nothing() {
        let none = Rules::new(vec![]).unwrap();
        assert_eq!(rights(&none, &user("u", &[]), "a/b"), (true, true));
        let one = Rules::new(vec![rule("a", &[], &[], true, true)]).unwrap();
        assert_eq!(rights(&one, &user("u", &[]), "b"), (false, false));
    }

    #[test]
    fn wrong_rules_are_told_with_their_place() {
        let empty = Rule {
            users: Some(vec![]),
            ..Rule::default()
        };
        let error = Rules::new(vec![Rule::default(), empty]).unwrap_err();
        assert_eq!(error.path(), Some("rules[1].users"));
        let error = Rules::new(vec![rule("../x", &[], &[], true, true)]).unwrap_err();
        assert_eq!(error.path(), Some("rules[0].path"));
    }
}
