//! The pages' templates with what they show.

use askama::Template;
use ownhand_connector::{ConfirmView, DoneView, Person, StartView};
use secrecy::ExposeSecret as _;

/// A person in two lines: what people know them by, and their e-mail if that is not it.
struct Lines<'a> {
    main: &'a str,
    sub: Option<&'a str>,
}

impl<'a> Lines<'a> {
    fn of(person: &'a Person) -> Self {
        let email = person.email.as_deref();
        let known_by = person.name.as_deref().or(person.login.as_deref());
        match known_by {
            Some(main) => Self {
                main,
                sub: email.filter(|email| *email != main),
            },
            None => Self {
                main: email.unwrap_or("a user without a name"),
                sub: None,
            },
        }
    }
}

#[derive(Template)]
#[template(path = "start.html")]
pub(super) struct Start<'a> {
    view: &'a StartView,
    person: Lines<'a>,
}

impl<'a> Start<'a> {
    pub(super) fn new(view: &'a StartView) -> Self {
        Self {
            view,
            person: Lines::of(&view.person),
        }
    }
}

#[derive(Template)]
#[template(path = "confirm.html")]
pub(super) struct Confirm<'a> {
    view: &'a ConfirmView,
    person: Lines<'a>,
    csrf: &'a str,
}

impl<'a> Confirm<'a> {
    pub(super) fn new(view: &'a ConfirmView) -> Self {
        Self {
            view,
            person: Lines::of(&view.person),
            csrf: view.csrf.expose_secret(),
        }
    }
}

#[derive(Template)]
#[template(path = "done.html")]
pub(super) struct Done<'a> {
    view: &'a DoneView,
    person: Lines<'a>,
}

impl<'a> Done<'a> {
    pub(super) fn new(view: &'a DoneView) -> Self {
        Self {
            view,
            person: Lines::of(&view.person),
        }
    }
}

#[derive(Template)]
#[template(path = "cancelled.html")]
pub(super) struct Cancelled;

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct Home;

/// What a page says about a failure.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: String,
    pub(super) next: &'static str,
}

#[derive(Template)]
#[template(path = "failed.html")]
pub(super) struct Failed<'a> {
    pub(super) words: Words,
    pub(super) request_id: &'a str,
}

#[cfg(test)]
mod tests;
