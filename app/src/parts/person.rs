//! People.

use causeway_contract::people::PersonRef;
use leptos::prelude::*;

/// The name, whose direction of writing stays its own; the address on hover.
pub fn name(person: &PersonRef) -> AnyView {
    view! { <span class="person" title=person.email.clone()><bdi>{person.name.clone()}</bdi></span> }.into_any()
}

/// `Amara, Ben and Chen`; with many, `Amara, Ben and 5 others`.
pub fn names(people: &[PersonRef]) -> String {
    const SHOWN: usize = 4;
    let all: Vec<&str> = people.iter().map(|p| p.name.as_str()).collect();
    match all.as_slice() {
        [] => "nobody".into(),
        [one] => (*one).into(),
        [first @ .., last] if all.len() <= SHOWN => format!("{} and {last}", first.join(", ")),
        many => format!("{} and {} others", many[..SHOWN - 1].join(", "), all.len() - SHOWN + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_like_a_sentence() {
        let people = |n: usize| -> Vec<PersonRef> {
            let id = "0198c0de-0000-7000-8000-000000000001".parse().unwrap();
            (0..n).map(|i| PersonRef { id, name: format!("P{i}"), email: String::new() }).collect()
        };
        let said: Vec<String> = [0, 1, 2, 4, 6].map(|n| names(&people(n))).to_vec();
        assert_eq!(said, ["nobody", "P0", "P0 and P1", "P0, P1, P2 and P3", "P0, P1, P2 and 3 others"]);
    }
}
