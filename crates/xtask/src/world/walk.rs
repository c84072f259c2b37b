//! The way through the link pages, step by step as a browser takes it.

use url::Url;

use super::{Answer, Browser, HostApp, Person, host_app::address};
use crate::{Result, error::wrong};

/// Opens the start page and goes on; answers DocuSign's address.
///
/// # Errors
/// When a page is not as it must be; so for all below.
pub async fn begin(browser: &Browser, start: &Url, person: &Person) -> Result<Url> {
    browser
        .get(start)
        .await?
        .expect(200)?
        .shows(&[person.name])?;
    browser.post(start, &[]).await?.expect(303)?.location()
}

/// Signs in at DocuSign and allows the access; answers the callback.
///
/// # Errors
/// See [`begin`].
pub async fn sign_in(browser: &Browser, docusign: &Url, person: &Person) -> Result<Url> {
    let login = browser.get(docusign).await?;
    // Who is signed in there already is not asked again, unless a fresh login is demanded.
    if login.status == 303 {
        return login.location();
    }
    let request = login.expect(200)?.field("request")?;
    let fields = [
        ("request", request.as_str()),
        ("email", person.email),
        ("password", person.password),
    ];
    let answer = browser
        .post(&at(docusign, "/oauth/login")?, &fields)
        .await?;
    // A consent that was given before is not asked for again.
    if answer.status == 303 {
        return answer.location();
    }
    let request = answer.expect(200)?.field("request")?;
    let fields = [("request", request.as_str()), ("decision", "accept")];
    let answer = browser
        .post(&at(docusign, "/oauth/consent")?, &fields)
        .await?;
    answer.expect(303)?.location()
}

/// Comes back from DocuSign; answers the handle that the browser carries to the host app.
///
/// # Errors
/// See [`begin`].
pub async fn come_back(browser: &Browser, callback: &Url) -> Result<String> {
    let finish = browser.get(callback).await?.expect(303)?.location()?;
    finish
        .query_pairs()
        .find(|(name, _)| name == "handle")
        .map(|(_, value)| value.into_owned())
        .ok_or_else(|| wrong("the finish URL carries no handle"))
}

/// Looks at the confirm page and connects; answers the done page.
///
/// # Errors
/// See [`begin`].
pub async fn confirm(browser: &Browser, confirm: &Url, person: &Person) -> Result<Answer> {
    let page = browser.get(confirm).await?.expect(200)?;
    let page = page.shows(&[person.name, person.email, person.account_name])?;
    let (csrf, account) = (page.field("csrf")?, page.field("account_id")?);
    let fields = [
        ("csrf", csrf.as_str()),
        ("account_id", account.as_str()),
        ("action", "confirm"),
    ];
    let done = browser
        .post(confirm, &fields)
        .await?
        .expect(303)?
        .location()?;
    browser
        .get(&done)
        .await?
        .expect(200)?
        .shows(&[person.name, person.email, person.account_name])
}

/// The whole walk: from the host app's button to the done page.
///
/// # Errors
/// See [`begin`].
pub async fn link(host: &HostApp, browser: &Browser, person: &Person) -> Result<()> {
    let start = host.start_link(person).await?;
    let docusign = begin(browser, &start, person).await?;
    let callback = sign_in(browser, &docusign, person).await?;
    let handle = come_back(browser, &callback).await?;
    let finished = host.finish_link(person, &handle).await?.expect(200)?;
    confirm(browser, &address(&finished, "confirm_url")?, person).await?;
    Ok(())
}

fn at(url: &Url, path: &str) -> Result<Url> {
    url.join(path).map_err(|error| wrong(error.to_string()))
}
