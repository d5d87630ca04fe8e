//! Where a request comes from.

use super::Web;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

/// The caller's IP address as text; `unknown` where there is none (in tests).
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl FromRequestParts<Web> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let header = &web.config.server.client_address_header;
        // The last entry is the one our own proxy wrote; those before it came with the request.
        let told = (!header.is_empty())
            .then(|| parts.headers.get_all(header.as_str()).iter().next_back())
            .flatten()
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
        Ok(Self(match (told, peer(parts)) {
            (Some(ip), _) | (None, Some(ip)) => ip.to_string(),
            (None, None) => "unknown".into(),
        }))
    }
}

/// The other end of the connection.
pub(super) fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}
