-- Times are microseconds since 1970 UTC (BIGINT), ids are UUIDv7, structured values are JSON text that is never queried into.
-- The same tables and columns stand in migrations/sqlite; a test compares the two.

CREATE TABLE people (
    id UUID PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    groups_json TEXT NOT NULL,
    groups_note TEXT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    CONSTRAINT people_identity UNIQUE (issuer, subject)
);

-- Roles as of the person's last sign-in.
CREATE TABLE grants (
    person_id UUID NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    PRIMARY KEY (person_id, role, scope)
);
CREATE INDEX grants_by_role ON grants (role, scope);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    token_hash TEXT NOT NULL,
    person_id UUID REFERENCES people (id),
    data TEXT NOT NULL,
    provider_sid TEXT,
    id_token TEXT,
    mfa BOOLEAN NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT,
    roles_at BIGINT,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT sessions_token UNIQUE (token_hash)
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_provider_sid ON sessions (provider_sid);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Message ids seen once already: webhooks and logout tokens cannot be replayed.
CREATE TABLE seen_messages (
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (kind, message_id)
);

CREATE TABLE catalogue (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    commit_sha TEXT,
    synced_at BIGINT NOT NULL,
    problem TEXT
);

CREATE TABLE templates (
    name TEXT PRIMARY KEY,
    commit_sha TEXT NOT NULL,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    error TEXT,
    listed BOOLEAN NOT NULL,
    synced_at BIGINT NOT NULL
);

CREATE TABLE template_versions (
    name TEXT NOT NULL,
    commit_sha TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (name, commit_sha)
);

CREATE TABLE environments (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'live', 'removed', 'abandoned')),
    tier TEXT NOT NULL CHECK (tier IN ('development', 'staging', 'production')),
    cloud TEXT NOT NULL,
    region TEXT NOT NULL,
    team TEXT NOT NULL,
    cost_centre TEXT NOT NULL,
    owner_id UUID NOT NULL REFERENCES people (id),
    template TEXT NOT NULL,
    commit_sha TEXT NOT NULL,
    directory TEXT NOT NULL,
    answers TEXT NOT NULL,
    price TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX environments_name ON environments (name) WHERE state IN ('requested', 'live');
CREATE INDEX environments_by_team ON environments (team, name);
CREATE INDEX environments_by_owner ON environments (owner_id);

CREATE TABLE requests (
    id UUID PRIMARY KEY,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('create', 'update', 'delete')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'changes_requested', 'approved', 'delivering', 'in_review', 'merged', 'denied', 'withdrawn', 'declined', 'stuck')),
    environment_id UUID NOT NULL REFERENCES environments (id),
    environment_name TEXT NOT NULL,
    template TEXT NOT NULL,
    commit_sha TEXT NOT NULL,
    tier TEXT NOT NULL,
    cloud TEXT NOT NULL,
    region TEXT NOT NULL,
    team TEXT NOT NULL,
    cost_centre TEXT NOT NULL,
    requester_id UUID NOT NULL REFERENCES people (id),
    revision BIGINT NOT NULL,
    monthly_micros BIGINT,
    unpriced BIGINT NOT NULL,
    price TEXT NOT NULL,
    waiting_for TEXT,
    no_stage_reason TEXT,
    submitted_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    CONSTRAINT requests_number UNIQUE (number)
);
CREATE INDEX requests_by_time ON requests (submitted_at, id);
CREATE INDEX requests_by_state ON requests (state, submitted_at, id);
CREATE INDEX requests_by_requester ON requests (requester_id, submitted_at, id);
CREATE INDEX requests_by_team ON requests (team, submitted_at, id);
CREATE INDEX requests_by_environment ON requests (environment_id, submitted_at);
CREATE INDEX requests_by_price ON requests ((COALESCE(monthly_micros, -1)), id);
CREATE INDEX requests_by_template ON requests (template, submitted_at);
-- One change of an environment at a time.
CREATE UNIQUE INDEX requests_one_open ON requests (environment_id)
    WHERE state IN ('pending', 'changes_requested', 'approved', 'delivering', 'in_review', 'stuck');

-- What was asked for, one row a revision: the big columns that no list needs, and the evidence.
CREATE TABLE request_revisions (
    request_id UUID NOT NULL REFERENCES requests (id),
    revision BIGINT NOT NULL,
    justification TEXT NOT NULL,
    answers TEXT NOT NULL,
    facts TEXT NOT NULL,
    files TEXT NOT NULL,
    removed TEXT NOT NULL,
    diff TEXT NOT NULL,
    tags TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    files_digest TEXT NOT NULL,
    base_digest TEXT NOT NULL,
    created_by UUID NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (request_id, revision)
);

CREATE TABLE drafts (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL CHECK (kind IN ('create', 'update', 'delete')),
    template TEXT NOT NULL,
    commit_sha TEXT NOT NULL,
    environment_id UUID REFERENCES environments (id),
    request_id UUID REFERENCES requests (id),
    answers TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_person ON drafts (person_id, updated_at);
CREATE INDEX drafts_by_request ON drafts (request_id);

CREATE TABLE stages (
    id UUID PRIMARY KEY,
    request_id UUID NOT NULL REFERENCES requests (id),
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    approvers TEXT NOT NULL,
    needed BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'open', 'approved', 'denied', 'void')),
    opened_at BIGINT,
    closed_at BIGINT,
    CONSTRAINT stages_position UNIQUE (request_id, revision, position)
);
CREATE INDEX stages_open ON stages (state, opened_at);

-- The unique constraint is what makes one person count once, in all stages of a revision together.
CREATE TABLE decisions (
    id UUID PRIMARY KEY,
    request_id UUID NOT NULL REFERENCES requests (id),
    revision BIGINT NOT NULL,
    stage_id UUID NOT NULL REFERENCES stages (id),
    person_id UUID NOT NULL REFERENCES people (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'deny', 'ask_for_changes')),
    comment TEXT NOT NULL,
    field TEXT,
    evidence TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    CONSTRAINT decisions_once UNIQUE (request_id, revision, person_id)
);

CREATE TABLE deliveries (
    request_id UUID PRIMARY KEY REFERENCES requests (id),
    repository TEXT NOT NULL,
    branch TEXT NOT NULL,
    target_branch TEXT,
    base_sha TEXT,
    head_sha TEXT,
    pull_request_id BIGINT,
    pull_request_url TEXT,
    pull_request_state TEXT,
    merge_sha TEXT,
    status_state TEXT,
    problem TEXT,
    trouble TEXT,
    started_at BIGINT NOT NULL,
    prepared_at BIGINT,
    committed_at BIGINT,
    pushed_at BIGINT,
    opened_at BIGINT,
    published_at BIGINT,
    checked_at BIGINT
);
CREATE INDEX deliveries_by_branch ON deliveries (branch);

CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    subject UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'failed')),
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    nudged BOOLEAN NOT NULL,
    following BOOLEAN NOT NULL,
    not_before BIGINT,
    claimed_by TEXT,
    lease_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    CONSTRAINT jobs_once UNIQUE (kind, subject)
);
CREATE INDEX jobs_due ON jobs (state, run_at);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('request', 0);

CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE audit_events (
    seq BIGINT PRIMARY KEY CHECK (seq >= 1),
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
    detail TEXT NOT NULL,
    -- The names in lower case, written by Causeway: SQLite's own lower() knows ASCII only.
    search TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_by_subject ON audit_events (subject_kind, subject_id, seq);
CREATE INDEX audit_by_action ON audit_events (action, seq);
CREATE INDEX audit_by_time ON audit_events (at, seq);

CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % cannot be changed or deleted', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();

CREATE FUNCTION audit_events_are_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_events) THEN
        RAISE EXCEPTION 'audit events are added one after the other';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER audit_events_in_order BEFORE INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_in_order();

CREATE FUNCTION audit_head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the head of the audit chain only moves forward';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER audit_head_only_forward BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_moves_forward();
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
CREATE TRIGGER audit_head_no_insert BEFORE INSERT ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
