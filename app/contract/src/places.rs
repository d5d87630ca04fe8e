//! Tiers, clouds and regions.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal / $label:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// As stored and as in URLs.
            pub fn as_str(self) -> &'static str { match self { $($name::$variant => $text),* } }
            /// As a page says it.
            pub fn label(self) -> &'static str { match self { $($name::$variant => $label),* } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(s: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|x| x.as_str() == s)
                    .ok_or_else(|| format!("\"{s}\" is not one of {}", Self::ALL.iter().map(|x| x.as_str()).collect::<Vec<_>>().join(", ")))
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How much depends on an environment.
    Tier { Development = "development" / "Development", Staging = "staging" / "Staging", Production = "production" / "Production" }
}

words! {
    Cloud { Aws = "aws" / "AWS", Gcp = "gcp" / "Google Cloud", Azure = "azure" / "Azure" }
}

/// The regions in use, by cloud, with the place as people know it.
pub const REGIONS: [(Cloud, &str, &str); 6] = [
    (Cloud::Aws, "af-south-1", "Cape Town"),
    (Cloud::Aws, "us-east-1", "N. Virginia"),
    (Cloud::Gcp, "europe-west1", "Belgium"),
    (Cloud::Gcp, "us-central1", "Iowa"),
    (Cloud::Azure, "westeurope", "Netherlands"),
    (Cloud::Azure, "eastus", "Virginia"),
];

/// The cloud that has the region, if it is one of [`REGIONS`].
pub fn cloud_of(region: &str) -> Option<Cloud> {
    REGIONS.iter().find(|r| r.1 == region).map(|r| r.0)
}
