//! Of the `configuration` section: which provider configuration acts on a resource and where that points, and the
//! provisioners. Neither shows in `resource_changes`, and both decide what happens: another account, another command.

use super::PlanError;
use crate::json::{Json, NULL};
use crate::words;
use std::collections::{BTreeMap, BTreeSet};

/// One setting of a provider configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// `region`, `assume_role[0].role_arn`.
    pub path: String,
    /// The constant, or the value of the variable that it consists of, or the references it is made of.
    pub value: Json,
    pub sensitive: bool,
}

/// What the configuration says of a resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Configured {
    pub provider: Option<String>,
    pub provisioners: Json,
}

pub(super) struct Configuration {
    /// By address without instance keys.
    resources: BTreeMap<String, Configured>,
    providers: BTreeMap<String, Vec<Setting>>,
}

impl Configuration {
    pub(super) fn read(section: &Json, variables: &Json) -> Result<Self, PlanError> {
        if section.object().is_none() {
            return Err(PlanError::NoConfiguration);
        }
        let mut resources = BTreeMap::new();
        let root = section.get("root_module");
        collect(root, "", &mut resources);
        let mut providers = BTreeMap::new();
        for (key, provider) in section.get("provider_config").object().into_iter().flatten() {
            let scope = Scope {
                // A variable of a child module has the name of one of the root's at most by chance.
                variables: if provider.get("module_address").is_null() { variables } else { &NULL },
                declared: root.get("variables"),
            };
            let mut settings = Vec::new();
            for (name, expression) in provider.get("expressions").object().into_iter().flatten() {
                scope.settings(expression, words::member("", name), &mut settings);
            }
            providers.insert(key.clone(), settings);
        }
        Ok(Self { resources, providers })
    }

    pub(super) fn resource(&self, address: &str) -> Option<&Configured> {
        self.resources.get(address)
    }

    pub(super) fn settings(&self, key: &str) -> Vec<Setting> {
        self.providers.get(key).cloned().unwrap_or_default()
    }
}

fn collect(module: &Json, prefix: &str, out: &mut BTreeMap<String, Configured>) {
    for resource in module.get("resources").list().unwrap_or_default() {
        let Some(address) = resource.get("address").text() else { continue };
        let provider = resource.get("provider_config_key").text().map(ToOwned::to_owned);
        out.insert(
            format!("{prefix}{address}"),
            Configured { provider, provisioners: resource.get("provisioners").clone() },
        );
    }
    for (name, call) in module.get("module_calls").object().into_iter().flatten() {
        collect(call.get("module"), &format!("{prefix}module.{name}."), out);
    }
}

struct Scope<'a> {
    variables: &'a Json,
    declared: &'a Json,
}

impl Scope<'_> {
    fn settings(&self, expression: &Json, path: String, out: &mut Vec<Setting>) {
        match expression {
            Json::List(blocks) => {
                for (i, block) in blocks.iter().enumerate() {
                    self.settings(block, format!("{path}[{i}]"), out);
                }
            }
            Json::Object(members) if members.contains_key("constant_value") => {
                out.push(Setting { path, value: expression.get("constant_value").clone(), sensitive: false });
            }
            Json::Object(members) if members.contains_key("references") => {
                let (value, sensitive) = self.referred(expression.get("references"));
                out.push(Setting { path, value, sensitive });
            }
            // A block without settings, as azurerm's `features {}`, or an expression of constants that are not shown.
            Json::Object(members) if members.is_empty() => {
                out.push(Setting { path, value: Json::Object(BTreeMap::new()), sensitive: false });
            }
            Json::Object(members) => {
                for (name, member) in members {
                    self.settings(member, words::member(&path, name), out);
                }
            }
            other => out.push(Setting { path, value: other.clone(), sensitive: false }),
        }
    }

    /// A single variable is its value; everything else is what it refers to, with the values of the variables in it.
    fn referred(&self, references: &Json) -> (Json, bool) {
        let names: BTreeSet<&str> = references.list().unwrap_or_default().iter().filter_map(Json::text).collect();
        let variables: BTreeSet<&str> = names
            .iter()
            .filter_map(|n| n.strip_prefix("var."))
            .map(|n| n.split(['.', '[']).next().unwrap_or(n))
            .collect();
        let sensitive = variables.iter().any(|v| self.declared.get(v).get("sensitive").is_true());
        let value = |name: &str| self.variables.get(name).get("value").clone();
        let only = variables.iter().next().filter(|v| names.len() == 1 && names.contains(format!("var.{v}").as_str()));
        if let Some(only) = only {
            return (value(only), sensitive);
        }
        let mut members = BTreeMap::new();
        members.insert("refers to".to_owned(), Json::List(names.iter().map(|n| Json::Text((*n).into())).collect()));
        for name in variables {
            members.insert(format!("var.{name}"), value(name));
        }
        (Json::Object(members), sensitive)
    }
}

/// Address in the configuration: the module's without instance keys, then type and name.
pub(super) fn configured_address(module: Option<&str>, kind: &str, name: &str) -> String {
    let resource = format!("{kind}.{name}");
    module.map_or(resource.clone(), |module| format!("{}.{resource}", words::without_keys(module)))
}
