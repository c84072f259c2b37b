//! A tenant's rules, from the words of its file to those of the core.

use ownhand_config::Tenant as TenantFile;
use ownhand_connector::{AllowedAccounts, UserMapping, WriteBackRules};

pub(super) fn accounts(file: &TenantFile) -> AllowedAccounts {
    match &file.docusign.allowed_accounts {
        ownhand_config::AllowedAccounts::Any => AllowedAccounts::Any,
        ownhand_config::AllowedAccounts::Listed(ids) => AllowedAccounts::Only(
            ids.iter()
                .map(|id| id.as_hyphenated().to_string())
                .collect(),
        ),
    }
}

pub(super) fn users(file: &TenantFile) -> Vec<UserMapping> {
    let mapping = |user: &ownhand_config::User| UserMapping {
        subject: user.subject.clone(),
        login: user.login.clone(),
        claims: user.claims.clone(),
        docusign_email: user.docusign_email.clone(),
        default_account: user
            .default_account
            .map(|id| id.as_hyphenated().to_string()),
    };
    file.users.iter().map(mapping).collect()
}

pub(super) fn write_back(file: &TenantFile) -> WriteBackRules {
    WriteBackRules {
        folder: file.write_back.folder.clone(),
        name: file.write_back.name.clone(),
        certificate: file
            .write_back
            .certificate
            .then(|| "{stem} (certificate).pdf".to_owned()),
    }
}
