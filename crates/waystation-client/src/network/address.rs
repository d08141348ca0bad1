//! Which network addresses requests may reach.
//!
//! An address that a setting or an event names can lead into the operator's own network: to a database, to the
//! cloud's metadata service. Such requests are held to public addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

/// The operator's decision about network addresses.
#[derive(Debug, Clone, Default)]
pub enum AddressPolicy {
    /// Every request may go anywhere, even one that asks to be held to public addresses: for an author's own
    /// machine.
    #[default]
    AllowAll,
    /// Requests that ask for it are held to public addresses.
    PublicWhereAsked(PublicAddresses),
    /// All requests are held to public addresses.
    PublicOnly(PublicAddresses),
}

/// Public addresses, and those that the operator allows besides.
#[derive(Debug, Clone, Default)]
pub struct PublicAddresses {
    exceptions: Arc<[AddressRange]>,
}

/// An address that requests are held from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{address} is not a public address: {kind}")]
pub struct RefusedAddress {
    /// The address.
    pub address: IpAddr,
    /// What kind of address it is.
    pub kind: &'static str,
}

impl PublicAddresses {
    /// Public addresses, and these.
    #[must_use]
    pub fn and(exceptions: impl IntoIterator<Item = AddressRange>) -> Self {
        Self {
            exceptions: exceptions.into_iter().collect(),
        }
    }

    /// Whether a request may reach the address.
    ///
    /// # Errors
    /// The address is not public, and not among the exceptions.
    pub fn check(&self, address: IpAddr) -> Result<(), RefusedAddress> {
        let address = reached(address);
        match reserved_for(address) {
            Some(kind) if !self.exceptions.iter().any(|range| range.contains(address)) => {
                Err(RefusedAddress { address, kind })
            }
            _ => Ok(()),
        }
    }
}

/// The address that a packet ends at: some IPv6 addresses are IPv4 addresses in disguise.
fn reached(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => v6
            .to_ipv4_mapped()
            .or_else(|| translated(v6))
            .map_or(address, IpAddr::V4),
    }
}

/// The IPv4 address behind a NAT64 translator with the well-known prefix 64:ff9b::/96 (RFC 6052).
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else {
        return None;
    };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
}

/// What an address that is not public is reserved for.
fn reserved_for(address: IpAddr) -> Option<&'static str> {
    let table = match address {
        IpAddr::V4(_) => RESERVED_V4,
        IpAddr::V6(_) => RESERVED_V6,
    };
    table
        .iter()
        .find(|(range, _)| range.contains(address))
        .map(|(_, kind)| *kind)
        .or_else(|| (address.is_ipv6() && !GLOBAL_UNICAST.contains(address)).then_some("not assigned"))
}

/// From IANA's IPv4 special-purpose address registry, and what clouds use on top of it.
const RESERVED_V4: &[(AddressRange, &str)] = &[
    (v4([0, 0, 0, 0], 8), "this network"),
    (v4([10, 0, 0, 0], 8), "private"),
    (v4([100, 64, 0, 0], 10), "shared by a carrier's customers"),
    (v4([127, 0, 0, 0], 8), "loopback"),
    // Azure's virtual public address of the host, with metadata and keys.
    (v4([168, 63, 129, 16], 32), "a cloud's host"),
    (v4([169, 254, 0, 0], 16), "link-local"),
    (v4([172, 16, 0, 0], 12), "private"),
    (v4([192, 0, 0, 0], 24), "for protocols"),
    (v4([192, 0, 2, 0], 24), "for documentation"),
    (v4([192, 88, 99, 0], 24), "6to4 relays"),
    (v4([192, 168, 0, 0], 16), "private"),
    (v4([198, 18, 0, 0], 15), "for benchmarks"),
    (v4([198, 51, 100, 0], 24), "for documentation"),
    (v4([203, 0, 113, 0], 24), "for documentation"),
    (v4([224, 0, 0, 0], 4), "multicast"),
    (v4([240, 0, 0, 0], 4), "reserved or broadcast"),
];

/// All of IPv6 that is handed out for public use (IANA's IPv6 address space registry).
const GLOBAL_UNICAST: AddressRange = v6([0x2000, 0], 3);

/// From IANA's IPv6 special-purpose address registry: what is reserved inside of the public space, and names for
/// the best-known spaces outside of it.
const RESERVED_V6: &[(AddressRange, &str)] = &[
    (v6([0, 0], 96), "unspecified, loopback or IPv4 in disguise"),
    (v6([0x64, 0xff9b], 32), "translated"),
    (v6([0x2001, 0], 23), "for protocols"),
    (v6([0x2001, 0xdb8], 32), "for documentation"),
    (v6([0x2002, 0], 16), "6to4"),
    (v6([0x3fff, 0], 20), "for documentation"),
    (v6([0xfc00, 0], 7), "private"),
    (v6([0xfe80, 0], 10), "link-local"),
    (v6([0xfec0, 0], 10), "site-local"),
    (v6([0xff00, 0], 8), "multicast"),
];

const fn v4(octets: [u8; 4], length: u32) -> AddressRange {
    let [a, b, c, d] = octets;
    AddressRange {
        first: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        length,
    }
}

const fn v6(start: [u16; 2], length: u32) -> AddressRange {
    let [a, b] = start;
    AddressRange {
        first: IpAddr::V6(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0)),
        length,
    }
}

/// A range of addresses, written `10.20.0.0/16`, or as one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    /// How many leading bits all addresses of the range share with the first.
    length: u32,
}

/// Why a range cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a range of addresses such as 10.20.0.0/16")]
pub struct AddressRangeError(String);

impl AddressRange {
    /// Whether the address is in the range.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let differing = first.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.length
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let differing = first.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.length
            }
            _ => false,
        }
    }
}

impl FromStr for AddressRange {
    type Err = AddressRangeError;

    fn from_str(text: &str) -> Result<Self, AddressRangeError> {
        parse_range(text).ok_or_else(|| AddressRangeError(text.to_owned()))
    }
}

fn parse_range(text: &str) -> Option<AddressRange> {
    let (first, length) = match text.trim().split_once('/') {
        Some((first, length)) => (first.parse().ok()?, Some(length.parse().ok()?)),
        None => (text.trim().parse().ok()?, None),
    };
    let longest = match first {
        IpAddr::V4(_) => Ipv4Addr::BITS,
        IpAddr::V6(_) => Ipv6Addr::BITS,
    };
    let length = length.unwrap_or(longest);
    (length <= longest).then_some(AddressRange { first, length })
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_public(address: &str) -> bool {
        PublicAddresses::default().check(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn public_addresses_are_allowed() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "128.0.0.1",
            "168.63.129.15",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.114.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(address), "{address}");
        }
    }

    #[test]
    fn reserved_addresses_are_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address), "{address}");
        }
    }

    #[test]
    fn refusals_name_the_address_that_is_reached() {
        let refused = PublicAddresses::default()
            .check("64:ff9b::a00:1".parse().unwrap())
            .unwrap_err();
        assert_eq!(refused.to_string(), "10.0.0.1 is not a public address: private");
    }

    #[test]
    fn exceptions_are_allowed_besides() {
        let addresses = PublicAddresses::and(["10.20.0.0/16".parse().unwrap(), "::1".parse().unwrap()]);
        for (address, allowed) in [
            ("10.20.30.40", true),
            ("::ffff:10.20.30.40", true),
            ("10.21.0.0", false),
            ("::1", true),
            ("::2", false),
            ("1.1.1.1", true),
        ] {
            assert_eq!(
                addresses.check(address.parse().unwrap()).is_ok(),
                allowed,
                "{address}"
            );
        }
    }

    #[test]
    fn ranges_are_read_and_written() {
        for text in ["10.20.0.0/16", "fd00::/8", "0.0.0.0/0", "1.2.3.4/32"] {
            assert_eq!(text.parse::<AddressRange>().unwrap().to_string(), text);
        }
        assert!(
            "0.0.0.0/0"
                .parse::<AddressRange>()
                .unwrap()
                .contains("9.9.9.9".parse().unwrap())
        );
        for text in [
            "",
            "10.20.0.0/33",
            "::/129",
            "10.20/16",
            "10.0.0.0/-1",
            "example.com",
        ] {
            assert!(text.parse::<AddressRange>().is_err(), "{text}");
        }
    }
}
