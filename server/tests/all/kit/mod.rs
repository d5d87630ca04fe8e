//! What tests are made of: an application in this process, an OpenID provider that can be told to misbehave, and browsers.

mod app;
mod browser;
mod idp;
mod rows;

pub(crate) use app::{TestApp, each, each_with};
pub(crate) use browser::{Browser, state};
pub(crate) use idp::{CLIENT, Odd};
pub(crate) use rows::{person, request};

use std::ops::{Deref, DerefMut};

/// A kind of caller as a type, so that a test says who acts.
macro_rules! callers {
    ($($name:ident: $groups:expr),* $(,)?) => {$(
        pub(crate) struct $name(Browser);
        impl $name {
            pub(crate) async fn of(app: &TestApp) -> Self {
                let mut browser = Browser::new(app);
                browser.sign_in_as(app, stringify!($name), &$groups).await;
                Self(browser)
            }
        }
        impl Deref for $name {
            type Target = Browser;
            fn deref(&self) -> &Browser { &self.0 }
        }
        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut Browser { &mut self.0 }
        }
    )*};
}

callers! {
    Engineer: ["engineers"],
    Manager: ["managers"],
    Auditor: ["auditors"],
    Stranger: ["a-group-nobody-mapped"],
}
