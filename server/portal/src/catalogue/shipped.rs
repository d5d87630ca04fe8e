//! The templates that come with Causeway, inside the binary.
//!
//! To add one: its folder under `server/catalogue/templates`, and its files to the list here (a test compares the two).

use std::collections::BTreeMap;

macro_rules! embedded {
    ($($folder:literal: $($file:literal),+;)+) => {
        [$($((
            concat!("templates/", $folder, "/", $file),
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../catalogue/templates/", $folder, "/", $file)).as_slice(),
        )),+),+]
    };
}

const FILES: &[(&str, &[u8])] = &embedded! {
    "batch-worker-spot": "README.md", "aws.tf", "azure.tf", "gcp.tf", "template.yaml", "versions.tf";
    "kubernetes-namespace": "README.md", "main.tf", "template.yaml", "versions.tf";
    "object-store": "README.md", "aws.tf", "azure.tf", "gcp.tf", "template.yaml", "versions.tf";
    "sandbox-vm": "README.md", "aws.tf", "azure.tf", "gcp.tf", "template.yaml", "versions.tf";
    "web-service-postgres": "README.md", "aws.tf", "azure.tf", "gcp.tf", "template.yaml", "versions.tf";
};

/// Path in a catalogue repository, such as `templates/sandbox-vm/template.yaml`, to the file's bytes.
pub fn shipped() -> BTreeMap<String, &'static [u8]> {
    FILES.iter().map(|(path, bytes)| ((*path).to_owned(), *bytes)).collect()
}
