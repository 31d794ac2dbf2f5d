//! Whose address a request counts for: the peer's, or what a trusted proxy says of its own peer.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// The address limits are counted by. Of `X-Forwarded-For` only the last entry is the proxy's own word; those before it a
/// client may have written itself.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, trusted: Option<IpAddr>) -> IpAddr {
    let peer = peer.to_canonical(); // A listener on both families sees IPv4 inside IPv6.
    if trusted.map(|proxy| proxy.to_canonical()) != Some(peer) {
        return peer;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    let told = last.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    told.map_or(peer, |told: IpAddr| told.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_trusted_proxy_speaks_for_others_and_only_for_its_own_peer() {
        let address = |peer: &str, header: &str, trusted: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", header.parse().expect("a header"));
            let parse = |text: &str| text.parse::<IpAddr>().expect("an address");
            super::address(parse(peer), &headers, trusted.map(parse)).to_string()
        };
        let proxy = Some("10.0.0.1");
        assert_eq!(address("10.0.0.1", "203.0.113.7", proxy), "203.0.113.7");
        assert_eq!(address("::ffff:10.0.0.1", "203.0.113.7", proxy), "203.0.113.7");
        assert_eq!(
            address("10.0.0.1", "1.1.1.1, 203.0.113.7", proxy),
            "203.0.113.7",
            "the rest may be made up"
        );
        assert_eq!(address("10.0.0.2", "203.0.113.7", proxy), "10.0.0.2", "not the proxy");
        assert_eq!(
            address("10.0.0.1", "203.0.113.7", None),
            "10.0.0.1",
            "no proxy is trusted"
        );
        assert_eq!(address("10.0.0.1", "unknown", proxy), "10.0.0.1");
    }
}
