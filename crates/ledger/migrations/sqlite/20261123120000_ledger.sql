-- Walks through the link pages.
CREATE TABLE flows (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    host_user TEXT NOT NULL,
    phase TEXT NOT NULL,
    lookup BLOB NOT NULL,
    browser BLOB,
    data TEXT NOT NULL,
    sealed BLOB,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, phase, lookup)
);
CREATE INDEX flows_expiry ON flows (expires_at);

-- Ids of credentials that may be used once.
CREATE TABLE burnt_credentials (
    tenant TEXT NOT NULL,
    issuer TEXT NOT NULL,
    id BLOB NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, issuer, id)
);
CREATE INDEX burnt_credentials_expiry ON burnt_credentials (expires_at);

-- Links, without their tokens.
CREATE TABLE links (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    host_user TEXT NOT NULL,
    docusign_sub TEXT NOT NULL,
    docusign_name TEXT NOT NULL,
    docusign_email TEXT NOT NULL,
    accounts TEXT NOT NULL,
    default_account TEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- Null while the link works.
    relink_reason TEXT,
    token_version BIGINT NOT NULL CHECK (token_version >= 0),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, issuer, subject)
);
CREATE INDEX links_docusign_sub ON links (tenant, docusign_sub);

-- Sends: from intent to completed envelope. A send outlives its link.
CREATE TABLE sends (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    host_user TEXT NOT NULL,
    link_id TEXT NOT NULL,
    docusign_sub TEXT NOT NULL,
    account_id TEXT NOT NULL,
    idempotency_key BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    email_subject TEXT NOT NULL,
    documents TEXT NOT NULL,
    envelope_id TEXT,
    status TEXT NOT NULL,
    -- How far along the status is, so that the database itself can refuse a step back.
    status_rank BIGINT NOT NULL,
    failure TEXT,
    claimed_until BIGINT NOT NULL,
    next_check_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, issuer, subject, idempotency_key)
);
CREATE UNIQUE INDEX sends_envelope ON sends (tenant, account_id, envelope_id) WHERE envelope_id IS NOT NULL;
CREATE INDEX sends_of_user ON sends (tenant, issuer, subject, id);
CREATE INDEX sends_open_of_link ON sends (tenant, link_id, id) WHERE status_rank < 9;
CREATE INDEX sends_due ON sends (next_check_at, id) WHERE status_rank < 9;

-- Signed documents on their way back into the host app.
CREATE TABLE write_backs (
    tenant TEXT NOT NULL,
    send_id TEXT NOT NULL,
    part TEXT NOT NULL,
    reference TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    last_error TEXT,
    done_reference TEXT,
    done_sha256 TEXT,
    done_length BIGINT,
    done_at BIGINT,
    PRIMARY KEY (tenant, send_id, part),
    FOREIGN KEY (tenant, send_id) REFERENCES sends (tenant, id)
);
CREATE INDEX write_backs_due ON write_backs (next_attempt_at, send_id, part) WHERE done_at IS NULL;

-- The durable inbox of DocuSign's events.
CREATE TABLE events (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    dedup BLOB NOT NULL,
    account_id TEXT NOT NULL,
    envelope_id TEXT NOT NULL,
    name TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, dedup)
);
CREATE INDEX events_due ON events (next_attempt_at, received_at, id) WHERE done_at IS NULL;

-- Who did what, for whom.
CREATE TABLE audit (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    done_by TEXT NOT NULL,
    act TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX audit_of_user ON audit (tenant, issuer, subject, id);
