//! What the demo tells of its first month: who asked for what, who decided, what became of it.
//!
//! To add to the story: a line in [`STORY`], before the last one. The last scene ends with its request: `seed` takes it for the
//! sign that all is told.

/// What becomes of a request, as far as the story tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Approved where needed, delivered, merged.
    Live,
    /// Delivered; the pull request waits in Bitbucket.
    Open,
    /// Delivered; somebody pushed to the branch afterwards is left to the visitor. The pull request was declined.
    Declined,
    /// The first stage waits.
    Waiting,
    /// The first stage is approved, the second waits.
    HalfWay,
    Denied(&'static str),
    /// Field and question.
    Asked(&'static str, &'static str),
    Withdrawn,
}

/// One request of the story.
pub(super) struct Scene {
    /// Hours before now.
    pub(super) hours_ago: i64,
    pub(super) who: &'static str,
    pub(super) template: &'static str,
    /// Name, tier, region, cost centre, why.
    pub(super) about: [&'static str; 5],
    /// The template's own answers.
    pub(super) answers: &'static [(&'static str, &'static str)],
    /// Who decides, in the order of the stages.
    pub(super) deciders: &'static [&'static str],
    pub(super) fate: Fate,
}

pub(super) const STORY: &[Scene] = &[
    Scene {
        hours_ago: 24 * 29,
        who: "amara-okafor",
        template: "web-service-postgres",
        about: [
            "checkout-api",
            "staging",
            "af-south-1",
            "CC-1042",
            "The new checkout needs a place for its integration tests.",
        ],
        answers: &[
            ("image", "registry.example.com/payments/checkout:2.4.0"),
            ("db_size", "small"),
            ("hostname", "checkout.staging.example.com"),
        ],
        deciders: &["dana-levi"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 27,
        who: "ben-fischer",
        template: "kubernetes-namespace",
        about: ["search-index", "development", "europe-west1", "CC-2210", ""],
        answers: &[("team_group", "search-team@example.com"), ("size", "medium")],
        deciders: &[],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 24,
        who: "amara-okafor",
        template: "web-service-postgres",
        about: [
            "checkout-live",
            "production",
            "af-south-1",
            "CC-1042",
            "Checkout goes live on the first of the month; tested in staging for a week.",
        ],
        answers: &[
            ("image", "registry.example.com/payments/checkout:2.4.1"),
            ("size", "medium"),
            ("db_size", "medium"),
            ("hostname", "checkout.example.com"),
        ],
        deciders: &["dana-levi", "farah-haddad"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 20,
        who: "ben-fischer",
        template: "batch-worker-spot",
        about: [
            "nightly-reindex",
            "staging",
            "us-central1",
            "CC-2210",
            "Rebuilds the index every night from a full export.",
        ],
        answers: &[("image", "registry.example.com/search/reindex:1.0"), ("workers", "4")],
        deciders: &["egil-berg"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 17,
        who: "amara-okafor",
        template: "object-store",
        about: ["receipts-archive", "production", "us-east-1", "CC-1042", "Receipts must be kept for seven years."],
        answers: &[("access", "seldom"), ("expected_gb", "2000"), ("lock", "true")],
        deciders: &["dana-levi"],
        fate: Fate::Denied("Receipts of African customers stay in af-south-1. Ask again with that region."),
    },
    Scene {
        hours_ago: 24 * 16,
        who: "amara-okafor",
        template: "object-store",
        about: [
            "receipts-store",
            "production",
            "af-south-1",
            "CC-1042",
            "Receipts must be kept for seven years, in Cape Town.",
        ],
        answers: &[("access", "seldom"), ("expected_gb", "2000"), ("lock", "true")],
        deciders: &["dana-levi", "gabriel-costa"],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 12,
        who: "ben-fischer",
        template: "sandbox-vm",
        about: ["ranking-lab", "development", "westeurope", "CC-2210", ""],
        answers: &[("size", "large")],
        deciders: &[],
        fate: Fate::Declined,
    },
    Scene {
        hours_ago: 24 * 9,
        who: "chen-wei",
        template: "kubernetes-namespace",
        about: ["platform-tools", "development", "eastus", "CC-3001", ""],
        answers: &[("team_group", "platform@example.com")],
        deciders: &[],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 6,
        who: "amara-okafor",
        template: "sandbox-vm",
        about: ["amara-lab", "development", "af-south-1", "CC-1042", ""],
        answers: &[],
        deciders: &[],
        fate: Fate::Live,
    },
    Scene {
        hours_ago: 24 * 4,
        who: "ben-fischer",
        template: "object-store",
        about: ["crawl-dumps", "staging", "us-central1", "CC-2210", "Raw pages for the ranking experiments."],
        answers: &[("expected_gb", "5000")],
        deciders: &[],
        fate: Fate::Withdrawn,
    },
    Scene {
        hours_ago: 50,
        who: "amara-okafor",
        template: "batch-worker-spot",
        about: ["ledger-export", "staging", "af-south-1", "CC-1042", "Exports the ledger for the yearly audit."],
        answers: &[("image", "registry.example.com/payments/ledger-export:0.9"), ("workers", "6"), ("size", "large")],
        deciders: &["dana-levi"],
        fate: Fate::Asked("workers", "Six large workers for a yearly export? Two small ones do it in a night."),
    },
    Scene {
        hours_ago: 27,
        who: "lena-novak",
        template: "web-service-postgres",
        about: ["refunds-live", "production", "us-east-1", "CC-1042", "Refunds move out of the old monolith."],
        answers: &[
            ("image", "registry.example.com/payments/refunds:1.2"),
            ("db_size", "medium"),
            ("hostname", "refunds.example.com"),
        ],
        deciders: &["dana-levi"],
        fate: Fate::HalfWay,
    },
    Scene {
        hours_ago: 20,
        who: "ben-fischer",
        template: "object-store",
        about: ["query-logs", "development", "europe-west1", "CC-2210", ""],
        answers: &[],
        deciders: &[],
        fate: Fate::Open,
    },
    Scene {
        hours_ago: 5,
        who: "amara-okafor",
        template: "web-service-postgres",
        about: [
            "payouts-staging",
            "staging",
            "westeurope",
            "CC-1042",
            "Payouts to European merchants, first integration.",
        ],
        answers: &[
            ("image", "registry.example.com/payments/payouts:0.3"),
            ("db_size", "small"),
            ("hostname", "payouts.staging.example.com"),
        ],
        deciders: &[],
        fate: Fate::Waiting,
    },
    Scene {
        hours_ago: 2,
        who: "ben-fischer",
        template: "web-service-postgres",
        about: [
            "search-live",
            "production",
            "europe-west1",
            "CC-2210",
            "The new ranking service, after three weeks in staging.",
        ],
        answers: &[
            ("image", "registry.example.com/search/ranking:3.0"),
            ("size", "large"),
            ("instances", "3"),
            ("db_size", "medium"),
            ("hostname", "search.example.com"),
        ],
        deciders: &[],
        fate: Fate::Waiting,
    },
];
