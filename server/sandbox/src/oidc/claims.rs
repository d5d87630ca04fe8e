//! What the provider says about a person.

use super::{
    Provider,
    people_groups::{Form, Groups},
};
use crate::people::Person;
use serde_json::{Map, Value, json};

impl Provider {
    /// Claims of the granted scopes, without those of the token itself.
    pub(crate) fn claims(&self, person: &Person, scope: &str) -> Map<String, Value> {
        let granted = |name: &str| scope.split(' ').any(|s| s == name);
        let mut claims = Map::new();
        claims.insert("sub".into(), json!(person.sub));
        if granted("profile") {
            claims.insert("name".into(), json!(person.name));
            claims.insert("preferred_username".into(), json!(person.username));
            if let Some((given, family)) = person.name.split_once(' ') {
                claims.insert("given_name".into(), json!(given));
                claims.insert("family_name".into(), json!(family));
            }
        }
        if granted("email") {
            claims.insert("email".into(), json!(person.email));
            claims.insert("email_verified".into(), json!(true));
        }
        // As many providers do, groups come with every sign-in: there is no standard scope for them.
        claims.insert("realm_access".into(), json!({ "roles": person.realm_roles }));
        let groups = self.read(|book| book.groups.get(person.sub).cloned()).unwrap_or_else(|| Groups {
            groups: person.groups.iter().map(|g| (*g).to_owned()).collect(),
            form: Form::Array,
        });
        match groups.form {
            Form::Array => claims.insert("groups".into(), json!(groups.groups)),
            Form::Text => claims.insert("groups".into(), json!(groups.groups.join(" "))),
            Form::Reference => {
                let endpoint = format!("{}/sandbox/people/{}/groups", self.issuer, person.sub);
                claims.insert("_claim_names".into(), json!({ "groups": "src1" }));
                claims.insert("_claim_sources".into(), json!({ "src1": { "endpoint": endpoint } }))
            }
        };
        claims
    }
}
