//! From the files of the catalogue repository to templates, each with its own result.

use super::{
    Files, Template, TierRule, fields, manifest,
    manifest::{Manifest, place, place_in},
    parameters::Reader,
    render,
    source::Snapshot,
    trial,
};
use causeway_contract::{form::*, places::*};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MANIFEST: &str = "template.yaml";
const FILE_MAX: usize = 256 * 1024;
const FILES_MAX: usize = 50;
const EXTENSIONS: [&str; 4] = [".tf", ".tfvars", ".md", ".yaml"];

/// What rendered files must hold, beside being valid HCL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    /// Tags that every resource with tags must carry, as AWS and Azure spell them.
    pub tags: Vec<String>,
    /// Refuse databases and stores that are not encrypted.
    pub encryption: bool,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            tags: ["Environment", "Owner", "CostCenter", "DataClassification"].map(String::from).into(),
            encryption: true,
        }
    }
}

/// One folder with a `template.yaml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// Name of the folder.
    pub name: String,
    /// As the manifest says it, so far as it can be made out; else the name.
    pub title: String,
    /// As the manifest says it, so far as it can be made out; else `unknown`.
    pub owner: String,
    /// The error is plain words for the template's owner, with file and line where known.
    pub result: Result<Template, String>,
}

/// Every template of the snapshot, by name. A broken one does not touch the others.
pub fn load(snapshot: &Snapshot, checks: &Checks) -> Vec<Loaded> {
    let folders: BTreeSet<&str> = snapshot
        .files
        .keys()
        .filter_map(|path| path.strip_suffix(MANIFEST).filter(|f| f.is_empty() || f.ends_with('/')))
        .collect();
    let name_of = |folder: &str| folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let mut by_name = BTreeMap::<String, Vec<&str>>::new();
    for folder in &folders {
        by_name.entry(name_of(folder)).or_default().push(folder);
    }
    let loaded = by_name.into_iter().map(|(name, same)| {
        let result = match same[..] {
            [one] => template(&name, one, &folders, snapshot, checks),
            _ => Err(format!("Several folders are called {name}: {}. Rename all but one.", same.join(", "))),
        };
        let text =
            |folder: &&str| String::from_utf8_lossy(&snapshot.files[&format!("{folder}{MANIFEST}")]).into_owned();
        let text = same.first().map(text).unwrap_or_default();
        let name = if name.is_empty() { "(root of the repository)".into() } else { name };
        Loaded {
            title: manifest::line(&text, "title").unwrap_or_else(|| name.clone()),
            owner: manifest::line(&text, "owner").unwrap_or_else(|| "unknown".into()),
            name,
            result,
        }
    });
    loaded.collect()
}

fn template(
    name: &str,
    folder: &str,
    folders: &BTreeSet<&str>,
    snapshot: &Snapshot,
    checks: &Checks,
) -> Result<Template, String> {
    if name.is_empty() {
        return Err(
            "template.yaml lies in the root of the repository; move the template into a folder with its name.".into()
        );
    }
    if !super::matches("^[a-z][a-z0-9-]{1,49}$", name) {
        return Err(format!(
            "The folder's name {name:?} is not a template's name: use 2 to 50 lower-case letters, digits and hyphens."
        ));
    }
    let bytes = &snapshot.files[&format!("{folder}{MANIFEST}")];
    let text =
        std::str::from_utf8(bytes).map_err(|_| "template.yaml is not UTF-8 text; save it as UTF-8.".to_owned())?;
    let manifest = manifest::parse(text)?;
    let template = assemble(name, text, manifest, files(folder, folders, snapshot)?)?;
    render::compile(&template)?;
    crate::prices::compile(&template)?;
    trial::run(&template, checks)?;
    Ok(template)
}

/// Files to render: all of the folder but its manifest and what belongs to a template further down.
fn files(folder: &str, folders: &BTreeSet<&str>, snapshot: &Snapshot) -> Result<Files, String> {
    let mut files = Files::new();
    for (path, bytes) in &snapshot.files {
        let Some(inside) = path.strip_prefix(folder).filter(|inside| *inside != MANIFEST) else { continue };
        if folders.iter().any(|other| other.len() > folder.len() && path.starts_with(other)) {
            continue;
        }
        let safe = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        };
        if !inside.split('/').all(safe) {
            return Err(format!(
                "The file path {inside:?} is not safe: use letters, digits, dots, hyphens and underscores, and no part that starts with a dot."
            ));
        }
        if !EXTENSIONS.iter().any(|e| inside.ends_with(e)) {
            return Err(format!(
                "{inside} cannot be delivered: only .tf, .tfvars, .md and .yaml files can. Move it elsewhere."
            ));
        }
        if bytes.len() > FILE_MAX {
            return Err(format!("{inside} is larger than 256 KiB; split it or take it out."));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| format!("{inside} is not UTF-8 text; save it as UTF-8."))?;
        files.insert(inside.to_owned(), text.to_owned());
    }
    if !files.keys().any(|f| f.ends_with(".tf")) {
        return Err("There is no .tf file beside template.yaml; add the Terraform that it should deliver.".into());
    }
    if files.len() > FILES_MAX {
        return Err(format!("There are {} files; at most {FILES_MAX} are delivered.", files.len()));
    }
    Ok(files)
}

fn assemble(name: &str, text: &str, manifest: Manifest, files: Files) -> Result<Template, String> {
    if let Some(other) = manifest.name.as_deref().filter(|n| *n != name) {
        return Err(format!(
            "{}: the name is {other:?} but the folder is {name:?}; make them equal.",
            place(text, "name")
        ));
    }
    for (key, value, longest) in
        [("title", &manifest.title, 80), ("summary", &manifest.summary, 200), ("owner", &manifest.owner, 80)]
    {
        if value.trim().is_empty() || value.chars().count() > longest || value.contains('\n') {
            return Err(format!("{}: the {key} must be one line of 1 to {longest} characters.", place(text, key)));
        }
    }
    if manifest.tiers.is_empty() || manifest.clouds.is_empty() {
        return Err("template.yaml: tiers and clouds need at least one entry each.".into());
    }
    let clouds: Vec<Cloud> = Cloud::ALL.iter().copied().filter(|c| manifest.clouds.contains(c)).collect();
    let regions = regions(text, &clouds, manifest.regions.as_deref())?;
    let tiers: Vec<TierRule> = manifest
        .tiers
        .into_iter()
        .map(|(tier, spec)| TierRule { tier, limits: spec.unwrap_or_default().limits })
        .collect();
    let standard = fields::standard_step(&tiers.iter().map(|t| t.tier).collect::<Vec<_>>(), &clouds, &regions);
    let mut reader =
        Reader { text, form: Form { steps: vec![standard] }, properties: Map::new(), examples: BTreeMap::new() };
    for step in manifest.parameters {
        reader.step(step)?;
    }
    for table in manifest.tables.keys() {
        reader.name(table, "table", "tables")?;
        if reader.form.field(table).is_some() {
            return Err(format!(
                "{}: the table {table:?} has the name of a field; rename it.",
                place_in(text, "tables", table)
            ));
        }
    }
    for field in tiers.iter().flat_map(|t| t.limits.keys()) {
        if !matches!(reader.form.field(field), Some(Field { kind: FieldKind::Integer { .. }, .. })) {
            return Err(format!("{}: a limit is set on {field:?}, which is no integer field.", place(text, "limits")));
        }
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": Value::Object(reader.properties),
    });
    jsonschema::draft202012::meta::validate(&schema)
        .map_err(|e| format!("template.yaml: the parameters are not a valid JSON Schema: {e}."))?;
    jsonschema::draft202012::new(&schema)
        .map_err(|e| format!("template.yaml: the parameters are not a usable JSON Schema: {e}."))?;
    Ok(Template {
        name: name.into(),
        title: manifest.title.trim().into(),
        summary: manifest.summary.trim().into(),
        description: manifest.description.trim().into(),
        owner: manifest.owner.trim().into(),
        standard: manifest.standard,
        tiers,
        clouds,
        regions,
        form: reader.form,
        schema,
        examples: reader.examples,
        tables: Value::Object(manifest.tables.into_iter().collect()),
        prices: manifest.prices,
        files,
    })
}

fn regions(text: &str, clouds: &[Cloud], wanted: Option<&[String]>) -> Result<Vec<String>, String> {
    let known: Vec<String> = REGIONS.iter().filter(|r| clouds.contains(&r.0)).map(|r| r.1.to_owned()).collect();
    let Some(wanted) = wanted else { return Ok(known) };
    let at = place(text, "regions");
    if let Some(stray) = wanted.iter().find(|r| !known.contains(r)) {
        return Err(format!("{at}: {stray:?} is not a region of its clouds; these are: {}.", known.join(", ")));
    }
    let idle = |cloud: &&Cloud| !wanted.iter().any(|r| cloud_of(r) == Some(**cloud));
    if let Some(cloud) = clouds.iter().find(idle) {
        return Err(format!("{at}: no region of {} is listed; add one or take the cloud out.", cloud.label()));
    }
    Ok(known.into_iter().filter(|r| wanted.contains(r)).collect())
}
