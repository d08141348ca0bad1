//! What to do about a problem.

use super::Problem;

impl Problem {
    /// What to do about it, where that can be told.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest, known } => did_you_mean(nearest.as_ref(), "there are", known),
            Self::UnknownDestination { nearest, known, .. } => {
                did_you_mean(nearest.as_ref(), "there are", known)
            }
            Self::UnknownAction { nearest, known, .. } => did_you_mean(nearest.as_ref(), "it has", known),
            Self::UnknownSource { nearest, .. } => match nearest {
                Some(nearest) => Some(format!("did you mean \"{nearest}\"?")),
                None => Some("add it as `[sources.NAME]`".to_owned()),
            },
            Self::UnknownField { nearest, .. } => Some(match nearest {
                Some(nearest) => format!("did you mean `{nearest}`? What is mapped here is dropped"),
                None => "what is mapped here is dropped".to_owned(),
            }),
            Self::UnmappedField { .. } => {
                Some("map it; as it is, every event of this subscription is refused".to_owned())
            }
            Self::UnknownSyncMode { offered, .. } if offered.is_empty() => {
                Some("leave it out: the action tells no modes apart".to_owned())
            }
            Self::UnknownSyncMode { offered, .. } => Some(format!("it offers {}", offered.join(", "))),
            Self::MissingKey { example, .. } => Some(format!("write {example}")),
            Self::BadName { .. } => Some(
                "a name has at most 64 letters, digits, dots, hyphens and underscores, the first of them a \
                 letter or digit"
                    .to_owned(),
            ),
            Self::MissingVariable { name } => Some(format!(
                "set {name} before the start, or use {{ file = \"...\" }}"
            )),
            Self::NoFilter { .. } => Some(r#"for all events: subscribe = 'type != ""'"#.to_owned()),
            Self::DuplicateName { .. } => Some("give one of them another name: name = \"...\"".to_owned()),
            Self::NoSources => Some("add one: [sources.web] with write_keys = [\"...\"]".to_owned()),
            Self::NoConnections => Some("add its name to the `sources` of a connection".to_owned()),
            _ => None,
        }
    }
}

/// How many names a hint lists before it stops.
const LISTED: usize = 24;

fn did_you_mean(nearest: Option<&String>, there_are: &str, known: &[String]) -> Option<String> {
    if let Some(nearest) = nearest {
        return Some(format!("did you mean `{nearest}`?"));
    }
    let listed = known.get(..LISTED).unwrap_or(known);
    let more = if listed.len() < known.len() {
        " and more"
    } else {
        ""
    };
    (!known.is_empty()).then(|| format!("{there_are} {}{more}", listed.join(", ")))
}
