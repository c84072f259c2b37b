-- One sealed record for each tenant and key. The types are read alike by SQLite and PostgreSQL.
CREATE TABLE token_records (
    tenant     VARCHAR(40)  NOT NULL,
    record_key VARCHAR(200) NOT NULL,
    version    BIGINT       NOT NULL,
    sealed     BYTEA        NOT NULL,
    PRIMARY KEY (tenant, record_key)
);
