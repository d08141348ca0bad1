//! Host names and IP addresses.

/// A host name's greatest length, without the dot that may end it.
const MAX_HOSTNAME: usize = 253;
/// The greatest length of one of its labels.
const MAX_LABEL: usize = 63;
/// The number of groups of 16 bits in an IPv6 address.
const IPV6_GROUPS: usize = 8;

/// Labels of letters, digits and inner hyphens; one final dot is allowed.
pub(super) fn is_hostname(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    name.len() <= MAX_HOSTNAME
        && name
            .split('.')
            .all(|label| label.len() <= MAX_LABEL && is_label(label.as_bytes()))
}

/// Letters, digits and inner hyphens, of any length.
pub(super) fn is_label(label: &[u8]) -> bool {
    match (label.first(), label.last()) {
        (Some(first), Some(last)) => {
            first.is_ascii_alphanumeric()
                && last.is_ascii_alphanumeric()
                && label
                    .iter()
                    .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }
        _ => false,
    }
}

/// Four numbers up to 255, of up to three digits; leading zeros are allowed.
pub(super) fn is_ipv4(text: &str) -> bool {
    are_octets(text, is_octet)
}

/// Eight groups of hexadecimal digits, of which one run may be left out as `::`, and of which the last
/// two may be an IPv4 address, here without leading zeros. No zone.
pub(super) fn is_ipv6(text: &str) -> bool {
    is_ipv6_with(text, |text| are_octets(text, is_plain_octet))
}

/// An IPv6 address whose tail may be an IPv4 address as given.
pub(super) fn is_ipv6_with(text: &str, is_ipv4: impl Fn(&str) -> bool) -> bool {
    match text.split_once("::") {
        Some((_, after)) if after.contains("::") => false,
        // The groups before the gap cannot end in an IPv4 address; the gap stands for one group or more.
        Some((before, after)) => count_groups(before, |_| false)
            .zip(count_groups(after, is_ipv4))
            .is_some_and(|(before, after)| before + after < IPV6_GROUPS),
        None => count_groups(text, is_ipv4) == Some(IPV6_GROUPS),
    }
}

/// The number of groups in a list of them, which may be empty.
fn count_groups(text: &str, is_ipv4: impl Fn(&str) -> bool) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let is_group =
        |group: &str| (1..=4).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_hexdigit());
    let (last, others) = match text.rsplit_once(':') {
        Some((others, last)) => (
            last,
            others
                .split(':')
                .try_fold(0, |sum, group| is_group(group).then_some(sum + 1))?,
        ),
        None => (text, 0),
    };
    if is_group(last) {
        Some(others + 1)
    } else {
        is_ipv4(last).then_some(others + 2)
    }
}

fn are_octets(text: &str, is_octet: impl Fn(&str) -> bool) -> bool {
    let mut count = 0;
    text.split('.').all(|part| {
        count += 1;
        is_octet(part)
    }) && count == 4
}

fn is_octet(text: &str) -> bool {
    // `parse` alone would also take a sign.
    text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u8>().is_ok()
}

fn is_plain_octet(text: &str) -> bool {
    is_octet(text) && (text.len() == 1 || !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostnames() {
        let long_label = "a".repeat(64);
        let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "a".repeat(61));
        assert_eq!(longest.len(), MAX_HOSTNAME);
        for good in [
            "localhost",
            "a-b.example.com.",
            "1.2",
            &long_label[1..],
            &longest,
            &format!("{longest}."),
        ] {
            assert!(is_hostname(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "-a",
            "a-",
            "a..b",
            "a_b",
            "é.fr",
            &long_label,
            &format!("{longest}a"),
            "a..",
        ] {
            assert!(!is_hostname(bad), "{bad}");
        }
    }

    #[test]
    fn ipv4_addresses() {
        for good in ["0.0.0.0", "255.255.255.255", "01.002.3.4"] {
            assert!(is_ipv4(good), "{good}");
        }
        for bad in [
            "",
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "1.2.3.0004",
            "+1.2.3.4",
            "1..2.3",
        ] {
            assert!(!is_ipv4(bad), "{bad}");
        }
    }

    #[test]
    fn ipv6_addresses() {
        for good in [
            "::",
            "::1",
            "1::",
            "2001:DB8::1",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1:2:3:4:5:6:1.2.3.4",
            "::ffff:1.2.3.4",
        ] {
            assert!(is_ipv6(good), "{good}");
        }
        for bad in [
            "",
            ":",
            "1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3",
            ":::",
            "1:2:3:4:5:6:7:8::",
            "::12345",
            "::1.2.3",
            "::01.2.3.4",
            "1.2.3.4::",
            "fe80::1%eth0",
            "1:::2",
        ] {
            assert!(!is_ipv6(bad), "{bad}");
        }
    }
}
