//! What a JWT with a good signature says.

use serde_json::{Map, Value};

use crate::rejection::Rejection;

/// The last second that is taken for a time: the end of the year 9999.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// The claims of a JWT. Whoever signed it vouches for them; their shape is still checked.
pub(crate) struct Claims(pub(crate) Map<String, Value>);

impl Claims {
    /// A text that must be there.
    pub(crate) fn required(&self, claim: &str, longest: usize) -> Result<String, Rejection> {
        self.text(claim, longest)?
            .ok_or_else(|| Rejection::Missing(claim.to_owned()))
    }

    /// A text of at most `longest` characters. An empty one counts as absent: hosts send these for "unknown".
    pub(crate) fn text(&self, claim: &str, longest: usize) -> Result<Option<String>, Rejection> {
        match self.present(claim) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => bounded(claim, text, longest).map(Some),
            Some(_) => Err(Rejection::WrongType(claim.to_owned())),
        }
    }

    /// A yes or no; absent is no.
    pub(crate) fn flag(&self, claim: &str) -> Result<bool, Rejection> {
        match self.present(claim) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Rejection::WrongType(claim.to_owned())),
        }
    }

    /// A list of texts, or one text alone.
    pub(crate) fn texts(
        &self,
        claim: &str,
        most: usize,
        longest: usize,
    ) -> Result<Vec<String>, Rejection> {
        let one = |value: &Value| match value {
            Value::String(text) => bounded(claim, text, longest),
            _ => Err(Rejection::WrongType(claim.to_owned())),
        };
        match self.present(claim) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) if list.len() > most => {
                Err(Rejection::OutOfBounds(claim.to_owned()))
            }
            Some(Value::Array(list)) => list.iter().map(one).collect(),
            Some(value) => one(value).map(|text| vec![text]),
        }
    }

    /// A time in whole seconds since 1970 (RFC 7519 allows fractions, which are cut off).
    pub(crate) fn seconds(&self, claim: &str) -> Result<Option<u64>, Rejection> {
        let wrong = || Rejection::WrongType(claim.to_owned());
        let Some(value) = self.present(claim) else {
            return Ok(None);
        };
        if let Some(whole) = value.as_u64() {
            #[expect(
                clippy::cast_precision_loss,
                reason = "numbers near the limit, far below 2^53, are exact; larger ones are refused"
            )]
            return if whole as f64 <= LAST_SECOND {
                Ok(Some(whole))
            } else {
                Err(wrong())
            };
        }
        let number = value.as_f64().ok_or_else(wrong)?;
        if !(0.0..=LAST_SECOND).contains(&number) {
            return Err(wrong());
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the year 9999"
        )]
        Ok(Some(number as u64))
    }

    /// A time that must be there.
    pub(crate) fn required_seconds(&self, claim: &str) -> Result<u64, Rejection> {
        self.seconds(claim)?
            .ok_or_else(|| Rejection::Missing(claim.to_owned()))
    }

    fn present(&self, claim: &str) -> Option<&Value> {
        self.0.get(claim).filter(|value| !value.is_null())
    }
}

fn bounded(claim: &str, text: &str, longest: usize) -> Result<String, Rejection> {
    if text.chars().count() > longest || text.chars().any(char::is_control) {
        return Err(Rejection::OutOfBounds(claim.to_owned()));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        Claims(map)
    }

    #[test]
    fn times_may_have_fractions_but_not_be_nonsense() {
        let c = claims(json!({
            "whole": 1_700_000_000, "half": 1_700_000_000.9, "minus": -1, "huge": 1e300, "text": "1700000000",
            "max": u64::MAX, "null": null
        }));
        assert_eq!(c.seconds("whole"), Ok(Some(1_700_000_000)));
        assert_eq!(c.seconds("half"), Ok(Some(1_700_000_000)));
        assert_eq!(c.seconds("null"), Ok(None));
        for wrong in ["minus", "huge", "text", "max"] {
            assert_eq!(c.seconds(wrong), Err(Rejection::WrongType(wrong.into())));
        }
    }

    #[test]
    fn groups_are_a_list_or_one_text() {
        let c = claims(
            json!({ "list": ["a", "b"], "one": "a", "mixed": ["a", 1], "many": vec!["x"; 3] }),
        );
        assert_eq!(c.texts("list", 2, 9), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(c.texts("one", 2, 9), Ok(vec!["a".into()]));
        assert_eq!(c.texts("none", 2, 9), Ok(vec![]));
        assert_eq!(
            c.texts("mixed", 2, 9),
            Err(Rejection::WrongType("mixed".into()))
        );
        assert_eq!(
            c.texts("many", 2, 9),
            Err(Rejection::OutOfBounds("many".into()))
        );
    }

    #[test]
    fn texts_are_bounded_and_printable() {
        let c = claims(json!({ "long": "xxxx", "line": "a\nb", "empty": "", "flag": true }));
        assert_eq!(
            c.text("long", 3),
            Err(Rejection::OutOfBounds("long".into()))
        );
        assert_eq!(
            c.text("line", 9),
            Err(Rejection::OutOfBounds("line".into()))
        );
        assert_eq!(c.text("flag", 9), Err(Rejection::WrongType("flag".into())));
        assert_eq!(c.text("empty", 9), Ok(None));
        assert_eq!(
            c.required("empty", 9),
            Err(Rejection::Missing("empty".into()))
        );
    }
}
