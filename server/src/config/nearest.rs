//! The key that was probably meant.

/// The candidate that is at most a third of its letters away.
pub(super) fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = candidates.into_iter().map(|c| (distance(wrong, c), c));
    scored.min().filter(|(d, c)| *d <= (c.len() / 3).max(1)).map(|(_, c)| c)
}

/// Levenshtein.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_nonsense_is_not() {
        let keys = ["client_id", "client_secret", "issuer"];
        assert_eq!(nearest("clientid", keys), Some("client_id"));
        assert_eq!(nearest("isuer", keys), Some("issuer"));
        assert_eq!(nearest("banana", keys), None);
    }
}
