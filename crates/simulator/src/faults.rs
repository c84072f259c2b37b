//! Faults that a test orders: the n-th matching call is refused, dropped or delayed.

use serde::{Deserialize, Serialize};

/// What happens to the call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Action {
    /// Answers at once, without acting.
    Status {
        status: u16,
        #[serde(default)]
        error_code: Option<String>,
        #[serde(default)]
        message: Option<String>,
    },
    /// Closes the connection without acting.
    DropBefore,
    /// Acts, then closes the connection without an answer.
    DropAfter,
    /// Waits in real time, then acts.
    Delay { ms: u32 },
}

/// Which call a fault hits.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Only this method, when given.
    #[serde(default)]
    pub(crate) method: Option<String>,
    /// A part of the path.
    pub(crate) path_contains: String,
    /// The first matching call that is hit, from 1.
    #[serde(default = "one")]
    pub(crate) nth: u32,
    /// How many calls are hit from there on.
    #[serde(default = "one")]
    pub(crate) times: u32,
    pub(crate) action: Action,
    /// How many matching calls there were; the simulator counts.
    #[serde(default)]
    pub(crate) seen: u32,
}

fn one() -> u32 {
    1
}

/// Counts a call against all rules and gives the first fault that it meets.
pub(crate) fn meet(rules: &mut [Rule], method: &str, path: &str) -> Option<Action> {
    let mut met = None;
    for rule in rules {
        let method_fits = rule
            .method
            .as_deref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        if !method_fits || !path.contains(&rule.path_contains) {
            continue;
        }
        rule.seen += 1;
        let hit = rule.seen >= rule.nth && rule.seen - rule.nth < rule.times;
        if hit && met.is_none() {
            met = Some(rule.action.clone());
        }
    }
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_nth_matching_call_is_hit() {
        let mut rules = vec![Rule {
            method: Some("POST".to_owned()),
            path_contains: "/envelopes".to_owned(),
            nth: 2,
            times: 1,
            action: Action::DropBefore,
            seen: 0,
        }];
        let hits: Vec<bool> = ["POST", "GET", "POST", "POST"]
            .into_iter()
            .map(|method| meet(&mut rules, method, "/restapi/v2.1/accounts/1/envelopes").is_some())
            .collect();
        assert_eq!(hits, [false, false, true, false]);
    }
}
