//! What strangers can write into the record has a limit: more than that is only logged.

use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Refusals of one address that are recorded in one minute.
const MOST: u32 = 20;
/// Addresses that are counted in one minute; those beyond count as one.
const ADDRESSES: usize = 10_000;

/// Refusals of the current minute, by address. Of this process.
#[derive(Default)]
pub struct Refusals(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    minute: i64,
    by_address: HashMap<String, u32>,
}

impl Refusals {
    /// Counts one more refusal; `false` when the address has had its share of the minute.
    pub fn may_be_recorded(&self, address: &str, now: DateTime<Utc>) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.timestamp().div_euclid(60);
        if counted.minute != minute {
            *counted = Counted { minute, by_address: HashMap::new() };
        }
        let known = counted.by_address.contains_key(address) || counted.by_address.len() < ADDRESSES;
        let count = counted.by_address.entry(if known { address } else { "" }.to_owned()).or_default();
        *count += 1;
        *count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_share_of_a_minute() {
        let (refusals, now) = (Refusals::default(), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let recorded = |address: &str, at| (0..50).filter(|_| refusals.may_be_recorded(address, at)).count();
        assert_eq!(recorded("a", now), 20);
        assert_eq!(recorded("b", now), 20);
        assert_eq!(recorded("a", now + chrono::TimeDelta::seconds(60)), 20);
        let strangers = (0..20_000).filter(|n| refusals.may_be_recorded(&n.to_string(), now)).count();
        assert_eq!(strangers, ADDRESSES + 20, "memory has an end");
    }
}
