//! The proxies that the environment names.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{ClientBuilder, NoProxy, Proxy};
use url::Url;

use super::NetworkError;

/// Where requests go before they go to the partner.
#[derive(Debug, Clone)]
pub(super) struct EnvironmentProxies {
    proxies: Vec<Proxy>,
    /// Says which requests they concern.
    matcher: std::sync::Arc<Matcher>,
}

impl EnvironmentProxies {
    /// Reads the variables that other programs read, the upper-case name first.
    ///
    /// # Errors
    /// A variable holds something that is no address of a proxy. It stays unsaid what: it may hold a password.
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, NetworkError> {
        let first = |names: [&'static str; 2]| {
            let mut found = names.into_iter().filter_map(|name| Some((name, variable(name)?)));
            found.find(|(_, value)| !value.trim().is_empty())
        };
        let no_proxy = first(["NO_PROXY", "no_proxy"]).map(|(_, value)| value);
        let all = first(["ALL_PROXY", "all_proxy"]);
        let http = first(["HTTP_PROXY", "http_proxy"]).or_else(|| all.clone());
        let https = first(["HTTPS_PROXY", "https_proxy"]).or(all);
        let mut matcher = Matcher::builder();
        if let Some(no_proxy) = &no_proxy {
            matcher = matcher.no(no_proxy.as_str());
        }
        let exceptions = || no_proxy.as_deref().and_then(NoProxy::from_string);
        let mut proxies = Vec::new();
        if let Some((name, address)) = &http {
            proxies.push(checked(name, Proxy::http(address.as_str()))?.no_proxy(exceptions()));
            matcher = matcher.http(address.as_str());
        }
        if let Some((name, address)) = &https {
            proxies.push(checked(name, Proxy::https(address.as_str()))?.no_proxy(exceptions()));
            matcher = matcher.https(address.as_str());
        }
        Ok(Self {
            proxies,
            matcher: std::sync::Arc::new(matcher.build()),
        })
    }

    /// Has a client use them.
    pub(super) fn add_to(&self, builder: ClientBuilder) -> ClientBuilder {
        // Without this the library looks for proxies by itself, and passes over what it cannot read.
        let builder = builder.no_proxy();
        self.proxies.iter().cloned().fold(builder, ClientBuilder::proxy)
    }

    /// Whether a request goes through one of them.
    pub(super) fn concern(&self, url: &Url) -> bool {
        let uri = url.as_str().parse::<http::Uri>();
        uri.is_ok_and(|uri| self.matcher.intercept(&uri).is_some())
    }
}

fn checked(variable: &'static str, proxy: reqwest::Result<Proxy>) -> Result<Proxy, NetworkError> {
    proxy.map_err(|_| NetworkError::Proxy { variable })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<EnvironmentProxies, NetworkError> {
        EnvironmentProxies::read(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_a_fault() {
        for name in [
            "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
        ] {
            for value in ["not a url", "http://", "http://user:pass word@proxy:80:80"] {
                let error = read(&[(name, value)]).unwrap_err();
                assert!(
                    matches!(error, NetworkError::Proxy { variable } if variable == name),
                    "{name}={value}: {error:?}"
                );
                assert!(!error.to_string().contains("pass word"), "{error}");
            }
        }
    }

    #[test]
    fn proxies_concern_what_the_variables_say() {
        let proxies = read(&[
            ("HTTPS_PROXY", "http://proxy.test:3128"),
            ("HTTP_PROXY", ""),
            ("NO_PROXY", "intern.test"),
        ])
        .unwrap();
        for (url, concerned) in [
            ("https://partner.test/", true),
            ("http://partner.test/", false),
            ("https://intern.test/", false),
        ] {
            assert_eq!(proxies.concern(&url.parse().unwrap()), concerned, "{url}");
        }
        assert!(
            !read(&[])
                .unwrap()
                .concern(&"https://partner.test/".parse().unwrap())
        );
        let all = read(&[("ALL_PROXY", "proxy.test:3128")]).unwrap();
        assert!(all.concern(&"http://partner.test/".parse().unwrap()));
    }
}
