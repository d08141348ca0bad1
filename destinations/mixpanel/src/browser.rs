//! The browser that a user agent stands for, under the names that Mixpanel's own libraries give it.

/// A browser that Mixpanel tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Browser {
    /// The name that Mixpanel shows; empty for an unknown one.
    pub name: &'static str,
    /// What stands in front of the version in the user agent; nothing if the version is not read.
    version_markers: &'static [&'static str],
}

const fn browser(name: &'static str, version_markers: &'static [&'static str]) -> Browser {
    Browser {
        name,
        version_markers,
    }
}

const OPERA_MINI: Browser = browser("Opera Mini", &[]);
const OPERA: Browser = browser("Opera", &["Opera/", "OPR/"]);
const BLACKBERRY: Browser = browser("BlackBerry", &["BlackBerry "]);
const MOBILE_SAFARI: Browser = browser("Mobile Safari", &["Version/"]);
const SAFARI: Browser = browser("Safari", &["Version/"]);
const UNKNOWN: Browser = browser("", &[]);

/// Words of user agents and the browsers that they belong to. The order decides: most browsers claim to be others, too.
const BEFORE_SAFARI: [(&[&str], Browser); 8] = [
    (
        &["IEMobile", "WPDesktop"],
        browser("Internet Explorer Mobile", &["rv:"]),
    ),
    (
        &["SamsungBrowser/"],
        browser("Samsung Internet", &["SamsungBrowser/"]),
    ),
    (&["Edge", "Edg/"], browser("Microsoft Edge", &["Edge/", "Edg/"])),
    (&["FBIOS"], browser("Facebook Mobile", &[])),
    (&["Chrome"], browser("Chrome", &["Chrome/"])),
    (&["CriOS"], browser("Chrome iOS", &["CriOS/"])),
    (
        &["UCWEB", "UCBrowser"],
        browser("UC Browser", &["UCBrowser/", "UCWEB/"]),
    ),
    (&["FxiOS"], browser("Firefox iOS", &["FxiOS/"])),
];

const AFTER_SAFARI: [(&[&str], Browser); 5] = [
    (&["Android"], browser("Android Mobile", &["android "])),
    (&["Konqueror"], browser("Konqueror", &["Konqueror:"])),
    (&["Firefox"], browser("Firefox", &["Firefox/"])),
    (
        &["MSIE", "Trident/"],
        browser("Internet Explorer", &["rv:", "MSIE "]),
    ),
    (&["Gecko"], browser("Mozilla", &["rv:"])),
];

impl Browser {
    /// The browser of a user agent.
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        if user_agent.contains(" OPR/") {
            return if user_agent.contains("Mini") {
                OPERA_MINI
            } else {
                OPERA
            };
        }
        if ["blackberry", "playbook", "bb10"]
            .iter()
            .any(|word| contains_ignoring_case(user_agent, word))
        {
            return BLACKBERRY;
        }
        find(&BEFORE_SAFARI, user_agent)
            .or_else(|| safari(user_agent))
            .or_else(|| find(&AFTER_SAFARI, user_agent))
            .unwrap_or(UNKNOWN)
    }

    /// The version, for example `121.0.2277.83`: numbers with dots between them, two at least.
    #[must_use]
    pub fn version(self, user_agent: &str) -> Option<&str> {
        let starts = self
            .version_markers
            .iter()
            .flat_map(|marker| user_agent.match_indices(marker))
            .map(|(start, marker)| (start, start + marker.len()));
        starts
            .filter_map(|(start, end)| Some((start, dotted_number(&user_agent[end..])?)))
            .min_by_key(|(start, _)| *start)
            .map(|(_, version)| version)
    }
}

fn safari(user_agent: &str) -> Option<Browser> {
    user_agent.contains("Safari").then(|| {
        if user_agent.contains("iPhone") {
            MOBILE_SAFARI
        } else {
            SAFARI
        }
    })
}

fn find(browsers: &[(&[&str], Browser)], user_agent: &str) -> Option<Browser> {
    browsers
        .iter()
        .find(|(words, _)| words.iter().any(|word| user_agent.contains(word)))
        .map(|(_, browser)| *browser)
}

/// The numbers at the start of a text with the dots between them; none for a number alone.
fn dotted_number(text: &str) -> Option<&str> {
    let mut parts = 0;
    let mut end = 0;
    for part in text.split('.') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        end += usize::from(parts > 0) + digits;
        parts += 1;
        if digits < part.len() {
            break;
        }
    }
    (parts > 1).then(|| &text[..end])
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes()
        .windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(user_agent: &str) -> (&str, Option<&str>) {
        let browser = Browser::of(user_agent);
        (browser.name, browser.version(user_agent))
    }

    #[test]
    fn browsers_are_told_apart() {
        for (user_agent, name, version) in [
            (
                "Mozilla/5.0 (Windows NT 10.0) Chrome/118.0.0.0 Safari/537.36 OPR/104.0.4944.54",
                "Opera",
                Some("104.0.4944.54"),
            ),
            ("Mozilla/5.0 Mini Chrome/118.0.0.0 OPR/104.0", "Opera Mini", None),
            (
                "Mozilla/5.0 (BB10; Touch) Version/10.3.3 Mobile Safari/537.35",
                "BlackBerry",
                None,
            ),
            ("BlackBerry 9700.5.0", "BlackBerry", Some("9700.5.0")),
            (
                "Mozilla/5.0 (Windows Phone 8.1; rv:11.0; IEMobile/11.0) like iPhone",
                "Internet Explorer Mobile",
                Some("11.0"),
            ),
            (
                "Mozilla/5.0 Chrome/121.0 Safari/537.36 Edg/121.0.2277.83",
                "Microsoft Edge",
                Some("121.0.2277.83"),
            ),
            (
                "Mozilla/5.0 (Linux) SamsungBrowser/23.0 Chrome/115.0.0.0",
                "Samsung Internet",
                Some("23.0"),
            ),
            (
                "Mozilla/5.0 (iPhone) [FBAN/FBIOS;FBAV/440.0]",
                "Facebook Mobile",
                None,
            ),
            (
                "Mozilla/5.0 (iPhone) CriOS/120.0.6099.119 Safari/604.1",
                "Chrome iOS",
                Some("120.0.6099.119"),
            ),
            (
                "Mozilla/5.0 (iPhone) Version/16.6 Mobile Safari/604.1",
                "Mobile Safari",
                Some("16.6"),
            ),
            (
                "Mozilla/5.0 (Macintosh) Version/17.2 Safari/605.1.15",
                "Safari",
                Some("17.2"),
            ),
            ("Mozilla/5.0 (Linux; Android 4.0)", "Android Mobile", None),
            ("Mozilla/5.0 (compatible; Konqueror/4.5)", "Konqueror", None),
            (
                "Mozilla/5.0 (X11; rv:123.0) Gecko/20100101 Firefox/123.0",
                "Firefox",
                Some("123.0"),
            ),
            (
                "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)",
                "Internet Explorer",
                Some("8.0"),
            ),
            ("Mozilla/5.0 (X11; rv:1.9) Gecko/20100101", "Mozilla", Some("1.9")),
            ("curl/8.4.0", "", None),
        ] {
            assert_eq!(read(user_agent), (name, version), "{user_agent}");
        }
    }

    #[test]
    fn versions_have_two_numbers_at_least() {
        for (text, version) in [
            ("12.3", Some("12.3")),
            ("12.3.4-beta", Some("12.3.4")),
            ("12.3.", Some("12.3")),
            ("12", None),
            ("12a.3", None),
            (".5", None),
            ("12.x", None),
            ("", None),
        ] {
            assert_eq!(dotted_number(text), version, "{text}");
        }
    }

    #[test]
    fn the_first_marker_with_a_version_counts() {
        assert_eq!(read("Chrome/x Chrome/7.1 Chrome/8.2"), ("Chrome", Some("7.1")));
    }
}
