//! Who takes part: host users with DocuSign accounts of their own, and an administrator whose account must stay empty.

/// A host user and their DocuSign user.
#[derive(Debug)]
pub struct Person {
    /// Their subject at the host app: stable and opaque.
    pub subject: &'static str,
    /// The name with which they sign in to the host app.
    pub login: &'static str,
    /// Their name.
    pub name: &'static str,
    /// Their e-mail address, at the host app and at DocuSign.
    pub email: &'static str,
    /// Their DocuSign password.
    pub password: &'static str,
    /// DocuSign's user id.
    pub docusign_user: &'static str,
    /// The API account id of their own DocuSign account.
    pub account: &'static str,
    /// Its number.
    pub account_number: &'static str,
    /// Its name.
    pub account_name: &'static str,
    /// The document they send, as the host app names it.
    pub document: &'static str,
    /// The subject line of their envelope.
    pub email_subject: &'static str,
    /// Who signs: name and e-mail address.
    pub signer: (&'static str, &'static str),
}

/// A lawyer of Acme.
pub const JANE: Person = Person {
    subject: "u-1001",
    login: "j.doe",
    name: "Jane Doe",
    email: "jane.doe@acme.example",
    password: "jane-at-docusign",
    docusign_user: "d0c00001-0001-4000-8000-000000000001",
    account: "acc00001-0001-4000-8000-000000000001",
    account_number: "20000001",
    account_name: "Jane Doe, Acme Legal",
    document: "contracts/nda.pdf",
    email_subject: "Please sign: non-disclosure agreement",
    signer: ("Nora Berg", "nora.berg@customer.example"),
};

/// A salesman of Acme.
pub const OMAR: Person = Person {
    subject: "u-1002",
    login: "o.haddad",
    name: "Omar Haddad",
    email: "omar.haddad@acme.example",
    password: "omar-at-docusign",
    docusign_user: "d0c00002-0002-4000-8000-000000000002",
    account: "acc00002-0002-4000-8000-000000000002",
    account_number: "20000002",
    account_name: "Omar Haddad, Acme Sales",
    document: "sales/offer-2041.pdf",
    email_subject: "Please sign: offer 2041",
    signer: ("Paul Jansen", "paul.jansen@buyer.example"),
};

/// Acme's administrator at DocuSign. Nobody sends as this user.
pub const ADMIN: Person = Person {
    subject: "u-1000",
    login: "admin",
    name: "Alex Admin",
    email: "alex.admin@acme.example",
    password: "alex-at-docusign",
    docusign_user: "d0c00003-0003-4000-8000-000000000003",
    account: "acc00003-0003-4000-8000-000000000003",
    account_number: "20000003",
    account_name: "Acme Shared Admin",
    document: "contracts/nda.pdf",
    email_subject: "Never sent",
    signer: ("Nobody", "nobody@customer.example"),
};

/// Everybody whom DocuSign knows.
pub const EVERYBODY: [&Person; 3] = [&JANE, &OMAR, &ADMIN];
